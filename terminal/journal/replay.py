"""Everything that the running tables must say, computed again from nothing but the records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from terminal.journal.attribution import FoundNotes, owner
from terminal.journal.identities import Totals
from terminal.journal.placement import placement
from terminal.journal.running_balances import NOTHING, Balances, balances_after
from terminal.journal.taken_slots import entry
from terminal.payments.facts import (
    CassetteMoved,
    CheckPassed,
    Fact,
    NoteDisputed,
    NoteDisputeSettled,
    NoteStacked,
    NoteUnassigned,
    PaymentCreated,
    PaymentDone,
    PaymentFact,
    PaymentFunded,
    PaymentVoided,
    ReadingsTaken,
    ReceiptRegistered,
    TransferAccepted,
    TransferRefused,
)

PaymentRow = tuple[str, int, int, int, int, int | None, str | None, int | None, int | None, str]
"""key, open, tendering, disputed, credit, funded, day, accepted, refused, taken."""


@dataclass(slots=True)
class ReplayedPayment:
    """One payment while its facts go by; sums in kopecks."""

    key: str
    open: bool = True
    tendering: bool = False
    disputed: int = 0
    credit: int = 0
    funded: int | None = None
    sequence: int | None = None
    day: str | None = None
    accepted: int | None = None
    refused: int | None = None
    taken: str = ","

    def row(self) -> PaymentRow:
        """As the table `payment` holds it."""
        flags = (int(self.open), int(self.tendering), self.disputed)
        return self.key, *flags, self.credit, self.funded, self.day, self.accepted, self.refused, self.taken


@dataclass(slots=True)
class Replay:
    """The tables as the records make them. Grows with the number of payments, never with that of records."""

    balances: Balances = NOTHING
    notes: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Value → stacked ever, stacked since the cassette was last taken out."""
    payments: dict[int, ReplayedPayment] = field(default_factory=dict)
    documents: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """Storage and document → payment and total."""
    unassigned: dict[int, int | None] = field(default_factory=dict)
    """Record → the payment that should have been credited."""
    readings: dict[str, int] = field(default_factory=dict)
    """Key → the record of their taking."""
    tendering: set[int] = field(default_factory=set)
    found: FoundNotes = field(default_factory=FoundNotes)

    def feed(self, seq: int, fact: Fact) -> None:
        """Take in the next record's fact. Raises `KeyError` for a fact about a payment that never began."""
        self.balances = balances_after(self.balances, fact)
        settled = self.found.feed(fact)
        match fact:
            case NoteStacked(payment=payment, value=value):
                self.payments[payment].credit += value.kopecks
                self._stack(value.kopecks)
            case NoteUnassigned(value=value):
                self._stack(value.kopecks)
                self.unassigned[seq] = owner(settled, self.tendering)
            case CassetteMoved(present=False):
                self.notes = {value: (stacked, 0) for value, (stacked, _) in self.notes.items()}
            case ReceiptRegistered(storage=storage, document=document, payment=payment, total=total):
                self.documents[storage, document] = (payment, total.kopecks)
            case ReadingsTaken(key=key):
                self.readings[key] = seq
            case PaymentFunded(payment=payment, total=total, at=at):
                self._fund(seq, payment, total.kopecks, at)
            case _:
                self._advance(fact)
        if isinstance(fact, PaymentFact):
            slot, _ = placement(fact, seq)
            self.payments[fact.payment].taken += entry(slot, seq)

    def totals(self, unanswered: Iterable[int]) -> Totals:
        """For the arithmetic identities; `unanswered` are the outbox's sums without the host's answer."""
        return Totals(
            balances=self.balances,
            notes={value: stacked for value, (stacked, _) in self.notes.items()},
            open_credit=sum(each.credit for each in self.payments.values()),
            unanswered=sum(unanswered),
            misplaced=tuple(seq for seq, owed in self.unassigned.items() if owed is not None),
        )

    def _stack(self, value: int) -> None:
        stacked, count = self.notes.get(value, (0, 0))
        self.notes[value] = (stacked + 1, count + 1)

    def _advance(self, fact: Fact) -> None:
        match fact:
            case PaymentCreated(payment=payment, key=key):
                self.payments[payment] = ReplayedPayment(key)
            case CheckPassed(payment=payment):
                self._tender(payment, True)
            case NoteDisputed(payment=payment):
                self.payments[payment].disputed += 1
            case NoteDisputeSettled(payment=payment):
                self.payments[payment].disputed -= 1
            case PaymentVoided(payment=payment):
                self._tender(payment, False)
                self.payments[payment].open = False
            case TransferAccepted(payment=payment, total=total):
                self.payments[payment].accepted = total.kopecks
            case TransferRefused(payment=payment, total=total):
                self.payments[payment].refused = total.kopecks
            case PaymentDone(payment=payment):
                self.payments[payment].open = False
            case _:
                pass

    def _fund(self, seq: int, payment: int, kopecks: int, at: str) -> None:
        self._tender(payment, False)
        found = self.payments[payment]
        found.credit -= kopecks
        found.funded, found.sequence, found.day = kopecks, seq, at[: len("2026-01-31")]

    def _tender(self, payment: int, under_way: bool) -> None:
        self.payments[payment].tendering = under_way
        if under_way:
            self.tendering.add(payment)
        else:
            self.tendering.discard(payment)
