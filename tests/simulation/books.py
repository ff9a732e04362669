"""The books kept a second time, from the records alone: payments, notes, documents and money in double entry.

Written without the product's fold and postings, so that a mistake there is not repeated here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from contracts.faults import FaultCode
from contracts.identifiers import PaymentNumber
from terminal.payments import facts as f
from terminal.payments.facts import Fact

KOPECKS = 100


@dataclass(slots=True)
class Entry:
    """One payment as its records tell it; sums in kopecks, notes in rubles."""

    key: str
    kinds: list[str] = field(default_factory=list)
    credit: int = 0
    pending: dict[int, int] = field(default_factory=dict)
    """Note number → value, ordered in and not heard of."""
    disputed: dict[int, int] = field(default_factory=dict)
    found: dict[int, int] = field(default_factory=dict)
    """Notes of a dispute that is settled because they turned up: the next record says whose they are."""
    checked: bool = False
    funded: int | None = None
    voided: bool = False
    document: int | None = None
    finished: bool = False
    accepted: int | None = None
    operation: str = ""
    """The host's number for it."""
    refused: int | None = None
    done: bool = False

    @property
    def tendering(self) -> bool:
        return self.checked and self.funded is None and not self.voided

    @property
    def state(self) -> str:
        """By the names of the product's table of states."""
        if self.voided:
            return "cancelled"
        if self.refused is not None:
            return "refund-due"
        if self.funded is None:
            return "tendering" if self.checked else "created"
        if self.document is None:
            return "funded"
        return "registered" if self.accepted is None else "transferred"


class Books:
    """`enter` takes the records in order and tells what cannot be."""

    def __init__(self) -> None:
        self.sequence = 0
        self.history = 0
        """Stands for all records about payments and notes so far, their times apart."""
        self.payments: dict[PaymentNumber, Entry] = {}
        self.booked: Counter[int] = Counter()
        """Notes by value in rubles that the books say are in the cassettes."""
        self.last_value = 0
        """Rubles of the note that was booked last."""
        self.surplus_is_told = False
        """A person has been told that there may be a note in the cassette of which no record knows the value."""
        self._found: Entry | None = None
        self.documents: dict[int, tuple[PaymentNumber, int]] = {}
        self.badly_assigned: list[tuple[str, str]] = []
        self.edges: Counter[str] = Counter()
        """Kind of record → kind of record of one payment, how often."""
        self.kinds: Counter[str] = Counter()

    def anew(self) -> Books:
        """Empty books that go on counting."""
        fresh = Books()
        fresh.edges, fresh.kinds = self.edges, self.kinds
        return fresh

    def enter(self, fact: Fact, sequence: int) -> Iterator[str]:
        """The next record. Yields every contradiction."""
        if sequence != self.sequence + 1:
            yield f"identity 9: record {sequence} follows {self.sequence}"
        self.sequence = sequence
        self.kinds[fact.kind] += 1
        if fact.kind[0] in "SCF":
            self.history = hash((self.history, fact.kind, getattr(fact, "payment", 0), getattr(fact, "note", 0)))
        if isinstance(fact, f.IncidentOpened) and fact.code == FaultCode.NOTE_UNACCOUNTED:
            self.surplus_is_told = True
        found, self._found = self._found, None
        if isinstance(fact, f.NoteUnassigned):
            self._nobodys(fact, found)
        if found is not None and found.found and not isinstance(fact, f.NoteStacked):
            yield f"identity 8: a disputed note was found and {fact.kind} follows, which gives it to nobody"
        number = getattr(fact, "payment", None)
        if number is None:
            return
        if isinstance(fact, f.PaymentCreated):
            yield from self._created(fact)
        entry = self.payments[number]
        self.edges[f"{entry.kinds[-1] if entry.kinds else '-'}>{fact.kind}"] += 1
        entry.kinds.append(fact.kind)
        before = entry.state
        yield from (f"payment {number}: {text}" for text in self._apply(entry, fact))
        if entry.state != before:
            self.edges[f"{before}>{entry.state}"] += 1

    def _created(self, fact: f.PaymentCreated) -> Iterator[str]:
        if fact.payment in self.payments:
            yield f"payment {fact.payment} begins twice"
        if any(each.key == fact.key for each in self.payments.values()):
            yield f"identity 6: key {fact.key} is used twice"
        self.payments[fact.payment] = Entry(fact.key)

    def _apply(self, entry: Entry, fact: Fact) -> Iterator[str]:
        if (entry.done or entry.voided) and not isinstance(fact, f.NoteDisputeSettled):
            yield f"{fact.kind} comes after the end: {' '.join(entry.kinds)}"
        match fact:
            case f.CheckPassed():
                entry.checked = True
            case f.PaymentVoided():
                entry.voided = True
                if entry.credit or entry.pending:
                    yield f"is voided with {entry.credit} kopecks in and {len(entry.pending)} notes on their way"
            case f.PaymentFunded(total=total):
                yield from self._funded(entry, total.kopecks)
            case f.TransferAccepted(total=total) | f.TransferRefused(total=total):
                yield from self._answered(entry, fact, total.kopecks)
            case f.PaymentDone():
                entry.done = True
                if not entry.finished or (entry.accepted is None and entry.refused is None):
                    yield "is done without receipt or transfer"
            case f.ReceiptRequested() | f.ReceiptRegistered() | f.ReceiptPrinted() | f.ReceiptAbsent():
                yield from self._receipt(entry, fact)
            case _:
                yield from self._note(entry, fact)

    def _note(self, entry: Entry, fact: Fact) -> Iterator[str]:
        match fact:
            case f.NoteStackRequested(note=note, value=value):
                if entry.pending:
                    yield "two notes are ordered in at once"
                if not entry.tendering:
                    yield f"orders a note in while it takes none: {' '.join(entry.kinds)}"
                entry.pending[note] = value.kopecks
            case f.NoteStacked(note=note, value=value):
                if entry.pending.pop(note, None) is None and entry.found.pop(note, None) is None:
                    yield f"note {note} is credited that was neither ordered in nor disputed and found"
                entry.credit += value.kopecks
                self._book(value.kopecks // KOPECKS)
                if entry.funded is not None:
                    yield "is credited after it was funded"
            case f.NoteReturned(note=note):
                if entry.pending.pop(note, None) is None:
                    yield f"note {note} comes back that was not ordered in"
            case f.NoteDisputed(note=note, value=value, case=case):
                if entry.pending.pop(note, None) is None:
                    yield f"note {note} is disputed that was not ordered in"
                entry.disputed[note] = value.kopecks
                if not case:
                    yield "identity 10: a dispute without a case"
            case f.NoteDisputeSettled(note=note, stacked=stacked):
                value_of = entry.disputed.pop(note, None)
                if value_of is None:
                    yield f"note {note} is settled that was not disputed"
                elif stacked:
                    entry.found[note], self._found = value_of, entry

    def _funded(self, entry: Entry, total: int) -> Iterator[str]:
        if entry.funded is not None:
            yield "is funded twice"
        if entry.pending:
            yield "is funded with a note on its way"
        if total != entry.credit:
            yield f"identity 3: funded with {total}, {entry.credit} kopecks are in"
        entry.funded = total

    def _answered(self, entry: Entry, fact: Fact, total: int) -> Iterator[str]:
        if entry.accepted is not None or entry.refused is not None:
            yield "identity 6: the host's answer is recorded twice"
        if total != entry.funded:
            yield f"identity 7: {total} answered, {entry.funded} funded"
        if isinstance(fact, f.TransferAccepted):
            entry.accepted, entry.operation = total, str(fact.operation)
        else:
            entry.refused = total

    def _receipt(self, entry: Entry, fact: Fact) -> Iterator[str]:
        match fact:
            case f.ReceiptRegistered(document=document, total=total, payment=payment):
                if entry.document is not None:
                    yield f"identity 5: documents {entry.document} and {document} for one payment"
                if document in self.documents:
                    yield f"identity 5: document {document} is recorded twice"
                if total.kopecks != entry.funded:
                    yield f"identity 5: document over {total.kopecks}, {entry.funded} funded"
                entry.document = document
                self.documents[document] = (payment, total.kopecks)
            case f.ReceiptPrinted():
                entry.finished = True
            case f.ReceiptRequested():
                if entry.document is not None:
                    yield "identity 5: a second document is asked for"

    def _book(self, rubles: int) -> None:
        self.booked[rubles] += 1
        self.last_value = rubles

    def _nobodys(self, fact: f.NoteUnassigned, found: Entry | None) -> None:
        """A note without a payment: wrong when somebody was paying, or missed exactly this note. `found` is the
        payment whose dispute has just been settled because a note turned up."""
        kopecks = fact.value.kopecks
        self._book(kopecks // KOPECKS)
        waiting = [number for number, each in self.payments.items() if kopecks in each.pending.values()]
        paying = [number for number, each in self.payments.items() if each.tendering]
        if waiting or len(paying) == 1:
            self.badly_assigned.append((fact.case, f"{fact.value} is nobody's while {waiting or paying} takes notes"))
        if found is not None and kopecks in found.found.values():
            found.found.clear()
            return
        missing = [number for number, each in self.payments.items() if kopecks in each.disputed.values()]
        if missing:
            self.badly_assigned.append((fact.case, f"{fact.value} is nobody's while {missing} misses one of them"))

    def disputed_notes(self) -> Counter[int]:
        """Notes by value in rubles of which nobody knows where they are."""
        return Counter(value // KOPECKS for each in self.payments.values() for value in each.disputed.values())

    def pending_notes(self) -> Counter[int]:
        """Notes by value in rubles that were ordered in and are not heard of yet."""
        return Counter(value // KOPECKS for each in self.payments.values() for value in each.pending.values())

    def transferred(self) -> dict[str, tuple[int, str]]:
        """Key → kopecks and operation of everything that the host has said yes to."""
        entries = self.payments.values()
        return {each.key: (each.accepted, each.operation) for each in entries if each.accepted is not None}

    def unfinished(self) -> tuple[PaymentNumber, ...]:
        """Payments that are neither void nor done."""
        return tuple(number for number, each in self.payments.items() if not each.done and not each.voided)

    def story(self, number: PaymentNumber) -> str:
        return " ".join(self.payments[number].kinds)
