"""A payment as it stands: the fold of its facts.

`evolve` is the only way to change one, and the table `FOLLOWS` says which state may follow which; a fact that does
not fit raises `ImpossibleFact`, because then the journal does not say what the world did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from contracts.identifiers import CaseNumber, IdempotencyKey, OperationNumber, PaymentNumber
from contracts.money import ZERO, Money
from terminal.payments.facts import (
    CheckPassed,
    NoteDisputed,
    NoteDisputeSettled,
    NoteReturned,
    NoteStacked,
    NoteStackRequested,
    PaymentCreated,
    PaymentDone,
    PaymentFact,
    PaymentFunded,
    PaymentVoided,
    ReceiptAbsent,
    ReceiptPrinted,
    ReceiptRegistered,
    ReceiptRequested,
    TransferAccepted,
    TransferRefused,
)


class ImpossibleFact(Exception):
    """A fact that cannot follow the ones before it."""


class PaymentState(StrEnum):
    CREATED = "created"
    TENDERING = "tendering"
    FUNDED = "funded"
    REGISTERED = "registered"
    TRANSFERRED = "transferred"
    """Registered and with the supplier."""
    REFUND_DUE = "refund-due"
    CANCELLED = "cancelled"


FOLLOWS: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.CREATED: frozenset({PaymentState.TENDERING, PaymentState.CANCELLED}),
    PaymentState.TENDERING: frozenset({PaymentState.FUNDED, PaymentState.CANCELLED}),
    PaymentState.FUNDED: frozenset({PaymentState.REGISTERED, PaymentState.TRANSFERRED, PaymentState.REFUND_DUE}),
    PaymentState.REGISTERED: frozenset({PaymentState.TRANSFERRED, PaymentState.REFUND_DUE}),
    PaymentState.TRANSFERRED: frozenset(),
    PaymentState.REFUND_DUE: frozenset(),
    PaymentState.CANCELLED: frozenset(),
}
"""What may follow what. A state always may stay as it is."""


@dataclass(frozen=True, slots=True)
class NoteIntent:
    """A note that we ordered to be taken and of which we have not heard."""

    note: int
    value: Money


@dataclass(frozen=True, slots=True)
class DisputedNote:
    note: int
    value: Money
    case: CaseNumber


@dataclass(frozen=True, slots=True)
class ReceiptTrack:
    """How far the receipt is: asked for (F10 without an answer), registered (F20), finished (F30)."""

    requested: ReceiptRequested | None = None
    registered: ReceiptRegistered | None = None
    finished: bool = False
    printed: bool = False
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. Sums are those that the journal holds, never more."""

    number: PaymentNumber
    key: IdempotencyKey
    sealed_account: str
    account_tail: str
    due: Money
    limit: Money
    checked: bool = False
    inserted: Money = ZERO
    """Notes stacked and credited."""
    notes: int = 0
    """Number of the last note that was ordered to be taken."""
    pending: NoteIntent | None = None
    disputed: tuple[DisputedNote, ...] = ()
    funded: bool = False
    funded_at: str = ""
    voided: bool = False
    receipt: ReceiptTrack = ReceiptTrack()
    operation: OperationNumber | None = None
    refused: TransferRefused | None = None
    done: bool = False

    @property
    def state(self) -> PaymentState:
        if self.voided:
            return PaymentState.CANCELLED
        if self.refused is not None:
            return PaymentState.REFUND_DUE
        if self.funded:
            return self._funded_state()
        return PaymentState.TENDERING if self.checked else PaymentState.CREATED

    def _funded_state(self) -> PaymentState:
        registered = self.receipt.registered is not None
        if registered and self.operation is not None:
            return PaymentState.TRANSFERRED
        return PaymentState.REGISTERED if registered else PaymentState.FUNDED

    @property
    def settled(self) -> bool:
        """Nothing is left to do: the receipt is finished and the host has answered for good."""
        return self.receipt.finished and (self.operation is not None or self.refused is not None)

    @property
    def disputed_total(self) -> Money:
        return Money(sum(each.value.kopecks for each in self.disputed))


def create(fact: PaymentCreated) -> Payment:
    """The payment that S00 begins."""
    return Payment(fact.payment, fact.key, fact.sealed_account, fact.account_tail, fact.due, fact.limit)


def evolve(payment: Payment, fact: PaymentFact) -> Payment:
    """The payment after one more fact. Raises `ImpossibleFact`."""
    if fact.payment != payment.number:
        raise ImpossibleFact(f"{fact.kind} of payment {fact.payment} given to payment {payment.number}")
    if payment.done or payment.voided:
        _require(isinstance(fact, NoteDisputeSettled), payment, fact)
    after = _apply(payment, fact)
    if after.state is not payment.state:
        _require(after.state in FOLLOWS[payment.state], payment, fact)
    return after


def fold(facts: list[PaymentFact] | tuple[PaymentFact, ...]) -> Payment:
    """A payment from all its facts in order. Raises `ImpossibleFact`."""
    if not facts or not isinstance(facts[0], PaymentCreated):
        raise ImpossibleFact("a payment must begin with S00")
    payment = create(facts[0])
    for fact in facts[1:]:
        payment = evolve(payment, fact)
    return payment


def _apply(payment: Payment, fact: PaymentFact) -> Payment:
    match fact:
        case PaymentCreated():
            raise ImpossibleFact(f"payment {payment.number} is created twice")
        case CheckPassed():
            _require(payment.state is PaymentState.CREATED, payment, fact)
            return replace(payment, checked=True)
        case PaymentVoided():
            _require(not payment.inserted and payment.pending is None and not payment.funded, payment, fact)
            return replace(payment, voided=True)
        case NoteStackRequested() | NoteStacked() | NoteReturned() | NoteDisputed() | NoteDisputeSettled():
            return _apply_note(payment, fact)
        case PaymentFunded(total=total, at=at):
            _require(payment.state is PaymentState.TENDERING and payment.pending is None, payment, fact)
            _require(bool(total) and total == payment.inserted, payment, fact)
            return replace(payment, funded=True, funded_at=at)
        case ReceiptRequested() | ReceiptRegistered() | ReceiptAbsent() | ReceiptPrinted():
            return replace(payment, receipt=_apply_receipt(payment, fact))
        case TransferAccepted(operation=operation):
            _require(payment.funded and payment.operation is None and payment.refused is None, payment, fact)
            return replace(payment, operation=operation)
        case TransferRefused():
            _require(payment.funded and payment.operation is None and payment.refused is None, payment, fact)
            return replace(payment, refused=fact)
        case PaymentDone():
            _require(payment.settled, payment, fact)
            return replace(payment, done=True)
        case _:
            assert_never(fact)


_NoteFact = NoteStackRequested | NoteStacked | NoteReturned | NoteDisputed | NoteDisputeSettled


def _apply_note(payment: Payment, fact: _NoteFact) -> Payment:
    if isinstance(fact, NoteDisputeSettled):
        _require(any(each.note == fact.note for each in payment.disputed), payment, fact)
        return replace(payment, disputed=tuple(each for each in payment.disputed if each.note != fact.note))
    _require(payment.state is PaymentState.TENDERING, payment, fact)
    if isinstance(fact, NoteStackRequested):
        _require(payment.pending is None and fact.note == payment.notes + 1, payment, fact)
        return replace(payment, notes=fact.note, pending=NoteIntent(fact.note, fact.value))
    found_again = isinstance(fact, NoteStacked) and payment.pending is None and fact.note <= payment.notes
    _require(found_again or payment.pending == NoteIntent(fact.note, fact.value), payment, fact)
    match fact:
        case NoteStacked(value=value):
            return replace(payment, pending=payment.pending if found_again else None, inserted=payment.inserted + value)
        case NoteReturned():
            return replace(payment, pending=None)
        case NoteDisputed(note=note, value=value, case=case):
            return replace(payment, pending=None, disputed=(*payment.disputed, DisputedNote(note, value, case)))


_ReceiptFact = ReceiptRequested | ReceiptRegistered | ReceiptAbsent | ReceiptPrinted


def _apply_receipt(payment: Payment, fact: _ReceiptFact) -> ReceiptTrack:
    track = payment.receipt
    match fact:
        case ReceiptRequested():
            _require(payment.funded and track.requested is None and track.registered is None, payment, fact)
            return replace(track, requested=fact, attempts=track.attempts + 1)
        case ReceiptRegistered():
            _require(track.requested is not None and track.registered is None, payment, fact)
            return replace(track, registered=fact)
        case ReceiptAbsent():
            _require(track.requested is not None and track.registered is None, payment, fact)
            return replace(track, requested=None)
        case ReceiptPrinted(printed=printed):
            _require(track.registered is not None and not track.finished, payment, fact)
            return replace(track, finished=True, printed=printed)


def _require(condition: bool, payment: Payment, fact: PaymentFact) -> None:
    if not condition:
        raise ImpossibleFact(f"{fact.kind} cannot follow: payment {payment.number} is {payment.state}")
