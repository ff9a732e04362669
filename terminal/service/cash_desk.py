"""The cash desk: tells the payment whose note it is, and opens and closes the acceptor for it.

A note that belongs to no payment becomes a record. The tender of a payment ends only when the acceptor has confirmed
that it is closed and no note of the payment is unaccounted for; a device that has gone silent is waited for within
limits, and then the note is disputed, never guessed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from contracts.faults import FaultCode
from contracts.identifiers import PaymentNumber, TerminalId, note_case_number
from contracts.money import ZERO, Money
from terminal.payments.facts import Fact, NoteUnassigned
from terminal.payments.messages import (
    EscrowReported,
    LostReported,
    ReturnedReported,
    StackedReported,
    TenderEnded,
)
from terminal.payments.payment import Payment, PaymentState
from terminal.ports.bill_acceptor import BillAcceptor, Found
from terminal.ports.device import DeviceState
from terminal.service.credit_memory import CreditMemory
from terminal.service.health import Health
from terminal.service.payment_book import PaymentBook
from terminal.service.tender import Patience, Tender
from terminal.visit.events import CashProgress, CashStage, NoteTrouble

log = logging.getLogger(__name__)

CLOSE_CONFIRM_S = 6.0
"""How long the acceptor may take to confirm that it is closed when no note is in it."""
NOTE_SETTLE_S = 45.0
"""How long a note may be on its way (stacking takes up to 30 s) before it is disputed."""


class CashDesk:
    """One acceptor, at most one tender at a time."""

    def __init__(
        self,
        acceptor: BillAcceptor,
        book: PaymentBook,
        health: Health,
        terminal: TerminalId,
        taken_values: frozenset[Money],
        max_notes: int,
        progressed: Callable[[PaymentNumber, CashProgress], None],
    ) -> None:
        self._acceptor = acceptor
        self._book = book
        self._health = health
        self._terminal = terminal
        self._taken = taken_values
        self._max_notes = max_notes
        self.known: frozenset[Money] = frozenset()
        """Rouble values in the acceptor's bill table."""
        self._progressed = progressed
        self._tender: Tender | None = None
        self._patience = Patience(self._wait_is_over)
        self._credits = CreditMemory()

    @property
    def tender(self) -> PaymentNumber | None:
        return self._tender.number if self._tender else None

    @property
    def values(self) -> tuple[Money, ...]:
        """Values that the connected acceptor takes, ascending."""
        return tuple(sorted(self.known & self._taken))

    def recall(self, newest: Fact | None) -> None:
        """The newest record about a note's way, before the first observation."""
        self._credits.recall(newest)

    def begin(self, payment: Payment) -> None:
        """Take notes for this payment from now on."""
        self._tender = Tender(payment.number)
        self._open_for(payment)
        self._tell()

    def resume(self, payment: Payment) -> None:
        """After a restart: the payment is tendering and may have a note on its way; no note is taken yet."""
        self._tender = Tender(payment.number, CashStage.NOTE_MOVING)
        if payment.pending is None:
            self._open_for(payment)
        else:
            self._patience.start(NOTE_SETTLE_S)

    def end(self) -> None:
        """The client wants to pay what is in. Funding follows when the acceptor has confirmed."""
        tender = self._tender
        if tender is None or tender.closing:
            return
        tender.closing, tender.stage = True, CashStage.CLOSING
        self._acceptor.accept(frozenset())
        payment = self._book.payment(tender.number)
        moving = payment is not None and payment.pending is not None
        self._patience.start(NOTE_SETTLE_S if moving else CLOSE_CONFIRM_S)
        self._tell()
        self._try_to_end()

    def give_back(self, *, too_large: bool) -> None:
        """Effect: return the note in escrow."""
        if self._tender is not None:
            self._tender.too_large = too_large
        self._acceptor.return_note()

    def found(self, found: Found) -> None:
        """The first word after silence settles an intent of which nothing else is known."""
        self._credits.restarted()
        payment = self._current()
        if payment is None or payment.pending is None:
            return
        if found in (Found.NOTHING, Found.POWERED_UP):
            self.lost(f"after the restart the acceptor has {found.value}")

    def in_escrow(self, value: Money) -> None:
        """A note is held: take it or give it back."""
        self._credits.note_arrived()
        tender = self._tender
        payment = self._current()
        if tender is None or payment is None or (tender.closing and payment.pending is None):
            self._acceptor.return_note()
            return
        tender.stage, tender.trouble = CashStage.NOTE_MOVING, NoteTrouble.NONE
        self._book.tell(tender.number, EscrowReported(value))
        self._tell()

    def stacked(self, value: Money) -> None:
        """A note is in the cassette: whose it is, or nobody's; once."""
        if self._credits.is_repeat(value, intent_open=any(each.pending for each in self._book.payments)):
            log.info("credit_repeated value=%s", value.decimal())
            return
        payment, trouble = self._owner(value), NoteTrouble.NONE
        if payment is None:
            self._unassigned(value)
        else:
            trouble = self._tell_of_note(payment, StackedReported(value))
        self._credits.credited(value)
        self._after_note(trouble)

    def _owner(self, value: Money) -> Payment | None:
        """Whose note it is: the tender's, else of a payment that still waits for one of that value."""
        current = self._current()
        if current is not None and current.state is PaymentState.TENDERING:
            return current
        waiting = [each for each in self._book.payments if each.pending and each.pending.value == value]
        disputing = [each for each in self._book.payments if any(note.value == value for note in each.disputed)]
        return next(iter([*waiting, *disputing]), None)

    def _unassigned(self, value: Money) -> None:
        case = note_case_number(self._terminal, self._book.next_record)
        self._book.record(NoteUnassigned(value, case, "no payment takes notes"))
        self._book.audit()
        self._health.raise_fault(FaultCode.NOTE_UNASSIGNED, f"{value.decimal()} RUB, case {case}")

    def returned(self, value: Money | None) -> None:
        """A note went back to the client; None when its value is not known. One of another value tells nothing of the
        note that was ordered in, but that the acceptor has gone on without a word about it."""
        tender, payment = self._tender, self._current()
        if tender is None:
            return
        intent = payment.pending if payment is not None else None
        if value is not None and intent is not None and intent.value != value:
            self.lost(f"a note of {value.decimal()} came back where {intent.value.decimal()} was held")
            return
        self._book.tell(tender.number, ReturnedReported())
        self._after_note(NoteTrouble.TOO_LARGE if tender.too_large else NoteTrouble.RETURNED)
        tender.too_large = False

    def lost(self, why: str) -> None:
        """Nobody can tell where the note is that was ordered to be taken."""
        payment = self._current() or next((each for each in self._book.payments if each.pending), None)
        if payment is None or payment.pending is None:
            # It was never ordered in, and its value is unknown: whoever counts the cassette must know of it.
            self._health.raise_fault(FaultCode.NOTE_UNACCOUNTED, why)
            self._after_note(NoteTrouble.RETURNED)
            return
        self._after_note(self._tell_of_note(payment, LostReported(why)))

    def _tell_of_note(self, before: Payment, message: StackedReported | LostReported) -> NoteTrouble:
        """What became of a note; whether one is in dispute by it, for the client."""
        self._book.tell(before.number, message)
        after = self._book.payment(before.number)
        fresh = [each for each in after.disputed if each not in before.disputed] if after is not None else []
        if not fresh:
            return NoteTrouble.NONE
        if self._tender is not None:
            self._tender.case, self._tender.disputed = fresh[-1].case, fresh[-1].value
        return NoteTrouble.DISPUTED

    def _after_note(self, trouble: NoteTrouble) -> None:
        tender = self._tender
        payment = self._current()
        if tender is None or payment is None:
            return
        tender.trouble = trouble
        if tender.closing:
            self._patience.start(CLOSE_CONFIRM_S)
            self._try_to_end()
            return
        tender.stage = CashStage.ACCEPTING
        self._open_for(payment)
        self._tell()

    def _open_for(self, payment: Payment) -> None:
        """Only what still fits is taken."""
        room = payment.limit - payment.inserted if payment.notes < self._max_notes else ZERO
        self._acceptor.accept(frozenset(value for value in self._taken if value <= room))

    def closed(self) -> None:
        """The acceptor confirms that it takes nothing and holds nothing."""
        tender = self._tender
        if tender is None:
            return
        tender.closed = True
        self._try_to_end()

    def _try_to_end(self) -> None:
        tender = self._tender
        payment = self._current()
        if tender is None or payment is None or not (tender.closing and tender.closed) or payment.pending is not None:
            return
        self._finish(tender)

    def _finish(self, tender: Tender) -> None:
        self._patience.cancel()
        self._tender = None
        self._book.tell(tender.number, TenderEnded(self._book.stamp()))

    def _wait_is_over(self) -> None:
        """The acceptor has said nothing for too long: dispute the note that is on its way; a closed tender ends."""
        tender = self._tender
        payment = self._current()
        if tender is None or payment is None:
            return
        if payment.pending is not None:
            self.lost("the acceptor is silent")
            payment = self._current()
        if tender.closing and payment is not None and payment.pending is None and self._tender is tender:
            log.warning("acceptance_not_confirmed_closed payment=%d", tender.number)
            self._finish(tender)

    def device_changed(self, state: DeviceState) -> None:
        """The acceptor's condition is another; a note on its way when it fell silent is waited for, not for ever."""
        payment = self._current()
        if payment is None:
            return
        if state is DeviceState.OFFLINE and payment.pending is not None and not self._patience.running:
            self._patience.start(NOTE_SETTLE_S)
        self._tell()

    def _current(self) -> Payment | None:
        return self._book.payment(self._tender.number) if self._tender else None

    def accepting(self) -> None:
        """The slot is open."""
        if self._tender is not None:
            self._tender.closed = False
        self._stage(CashStage.ACCEPTING)

    def arriving(self) -> None:
        """A note has been pulled in."""
        self._credits.note_arrived()
        self._stage(CashStage.NOTE_MOVING, NoteTrouble.NONE)

    def rejected(self) -> None:
        """The validator gave a note back by itself."""
        self._stage(CashStage.ACCEPTING, NoteTrouble.REJECTED)

    def _stage(self, stage: CashStage, trouble: NoteTrouble | None = None) -> None:
        tender = self._tender
        if tender is None:
            return
        tender.stage = CashStage.CLOSING if tender.closing else stage
        tender.trouble = tender.trouble if trouble is None else trouble
        self._tell()

    def _tell(self) -> None:
        tender, payment = self._tender, self._current()
        if tender is None or payment is None:
            return
        out = not self._health.cash_device_works()
        progress = CashProgress(payment.inserted, tender.stage, tender.trouble, out, tender.case, tender.disputed)
        self._progressed(tender.number, progress)
