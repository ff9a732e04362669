"""The decisions about money: given a payment and what happened, which facts to remember and which effects follow.

Total: every message in every state has an answer; what makes no sense in a state changes nothing. The facts are made
durable before any effect is carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from contracts.faults import FaultCode
from contracts.identifiers import CaseNumber, TerminalId, case_number
from contracts.money import Money
from terminal.payments.effects import (
    Effect,
    FinishPrinting,
    FormReceipt,
    PrepareReceipt,
    RaiseIncident,
    ReturnNote,
    StackNote,
    SubmitTransfer,
)
from terminal.payments.facts import (
    CheckPassed,
    Fact,
    NoteDisputed,
    NoteDisputeSettled,
    NoteReturned,
    NoteStacked,
    NoteStackRequested,
    NoteUnassigned,
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
from terminal.payments.messages import (
    CheckAnswered,
    EscrowReported,
    HostAccepted,
    HostRefused,
    LostReported,
    Message,
    PrintingEnded,
    ReceiptFormed,
    ReceiptNotFormed,
    ReceiptReady,
    ReturnedReported,
    StackedReported,
    TenderEnded,
)
from terminal.payments.payment import NoteIntent, Payment, PaymentState, evolve

MAX_RECEIPT_ATTEMPTS = 1000
"""Times a receipt is asked for before only a person may go on; with the pauses between them, weeks."""


@dataclass(frozen=True, slots=True)
class Decision:
    facts: tuple[Fact, ...] = ()
    effects: tuple[Effect, ...] = ()


NOTHING = Decision()


def decide(payment: Payment, message: Message, terminal: TerminalId) -> Decision:
    """What to remember and what to do. `terminal` names cases."""
    match message:
        case CheckAnswered(refusal=refusal):
            return _on_check(payment, refusal)
        case EscrowReported(value=value):
            return _on_escrow(payment, value)
        case StackedReported(value=value):
            return _on_stacked(payment, value, terminal)
        case ReturnedReported():
            return _on_returned(payment)
        case LostReported(why=why):
            return _on_lost(payment, why, terminal)
        case TenderEnded(at=at):
            return _on_tender_ended(payment, at)
        case ReceiptReady() | ReceiptFormed() | ReceiptNotFormed() | PrintingEnded():
            return _on_receipt(payment, message)
        case HostAccepted(operation=operation, at=at):
            if not payment.funded or payment.operation is not None or payment.refused is not None:
                return NOTHING
            return _ending(payment, TransferAccepted(payment.number, operation, payment.inserted, at))
        case HostRefused(code=code, reason=reason):
            return _on_refused(payment, code, reason, terminal)
        case _:
            assert_never(message)


def _on_check(payment: Payment, refusal: str) -> Decision:
    if payment.state is not PaymentState.CREATED:
        return NOTHING
    if refusal:
        return Decision((PaymentVoided(payment.number, refusal),))
    return Decision((CheckPassed(payment.number),))


def _on_escrow(payment: Payment, value: Money) -> Decision:
    """A note that is held while an intent is open is one whose stacking was refused or interrupted: it goes back,
    because what the client sees by now is a note that was not taken."""
    if payment.state is not PaymentState.TENDERING or payment.pending is not None:
        return Decision(effects=(ReturnNote(too_large=False),))
    if payment.inserted + value > payment.limit:
        return Decision(effects=(ReturnNote(too_large=True),))
    intent = NoteStackRequested(payment.number, payment.notes + 1, value)
    return Decision((intent,), (StackNote(),))


def _on_stacked(payment: Payment, value: Money, terminal: TerminalId) -> Decision:
    intent = payment.pending
    if intent is not None and intent.value == value:
        return Decision((NoteStacked(payment.number, intent.note, value),))
    if intent is not None:
        return _on_another_stacked(payment, intent, value, terminal)
    found = next((each for each in payment.disputed if each.value == value), None)
    if found is not None:
        settled = NoteDisputeSettled(payment.number, found.note, value, stacked=True)
        if payment.state is PaymentState.TENDERING:
            return Decision((settled, NoteStacked(payment.number, found.note, value)))
        why = f"disputed note {found.note} of payment {payment.number} turned up"
        return Decision((settled, NoteUnassigned(value, found.case, why)), _unassigned(value))
    if payment.state is PaymentState.TENDERING:
        # The device took a note without being told to: the client paid it in, so it is the client's.
        number = payment.notes + 1
        return Decision(
            (NoteStackRequested(payment.number, number, value), NoteStacked(payment.number, number, value))
        )
    case = case_number(terminal, payment.number)
    return Decision((NoteUnassigned(value, case, f"payment {payment.number} takes no notes"),), _unassigned(value))


def _on_another_stacked(payment: Payment, intent: NoteIntent, value: Money, terminal: TerminalId) -> Decision:
    """A note lies in the cassette that is not the one which was ordered in: a hand has put another in its place. That
    one is dealt with as any note; where the first is nobody knows."""
    lost = _dispute(payment, intent, terminal)
    stacked = _on_stacked(evolve(payment, lost), value, terminal)
    why = f"{value.decimal()} was stacked where {intent.value.decimal()} was held"
    return Decision((lost, *stacked.facts), (_disputed_incident(lost, why), *stacked.effects))


def _unassigned(value: Money) -> tuple[Effect, ...]:
    return (RaiseIncident(FaultCode.NOTE_UNASSIGNED, f"{value.decimal()} RUB"),)


def _on_returned(payment: Payment) -> Decision:
    intent = payment.pending
    if intent is None:
        return NOTHING
    return Decision((NoteReturned(payment.number, intent.note, intent.value),))


def _on_lost(payment: Payment, why: str, terminal: TerminalId) -> Decision:
    if payment.pending is None:
        return NOTHING
    lost = _dispute(payment, payment.pending, terminal)
    return Decision((lost,), (_disputed_incident(lost, why),))


def _dispute(payment: Payment, intent: NoteIntent, terminal: TerminalId) -> NoteDisputed:
    case = CaseNumber(f"{case_number(terminal, payment.number)}-{intent.note}")
    return NoteDisputed(payment.number, intent.note, intent.value, case)


def _disputed_incident(lost: NoteDisputed, why: str) -> RaiseIncident:
    return RaiseIncident(FaultCode.NOTE_DISPUTED, f"case {lost.case}: {why}")


def _on_tender_ended(payment: Payment, at: str) -> Decision:
    if payment.pending is not None or payment.state not in (PaymentState.CREATED, PaymentState.TENDERING):
        return NOTHING
    if not payment.inserted:
        return Decision((PaymentVoided(payment.number, "no money inserted"),))
    fact = PaymentFunded(payment.number, payment.inserted, at)
    return Decision((fact,), (SubmitTransfer(), PrepareReceipt()))


def _on_receipt(
    payment: Payment, message: ReceiptReady | ReceiptFormed | ReceiptNotFormed | PrintingEnded
) -> Decision:
    track, number = payment.receipt, payment.number
    if not payment.funded:
        return NOTHING
    match message:
        case ReceiptReady(mark=mark, digest=digest, at=at):
            if track.requested is not None or track.attempts >= MAX_RECEIPT_ATTEMPTS:
                return NOTHING
            attempt = track.attempts + 1
            fact = ReceiptRequested(number, mark.storage, mark.last_document, digest, at, attempt)
            return Decision((fact,), (FormReceipt(mark),))
        case ReceiptFormed(document=document):
            if track.requested is None or track.registered is not None:
                return NOTHING
            at = document.at.isoformat(timespec="minutes")
            registered = ReceiptRegistered(number, document.storage, document.number, document.sign, document.total, at)
            return Decision((registered,), (FinishPrinting(),))
        case ReceiptNotFormed(reason=reason):
            if track.requested is None or track.registered is not None:
                return NOTHING
            return Decision((ReceiptAbsent(number, reason),), (PrepareReceipt(),))
        case PrintingEnded(printed=printed):
            if track.registered is None or track.finished:
                return NOTHING
            decision = _ending(payment, ReceiptPrinted(number, printed))
            if printed:
                return decision
            return Decision(decision.facts, (RaiseIncident(FaultCode.RECEIPT_NOT_PRINTED, f"payment {number}"),))


def _on_refused(payment: Payment, code: str, reason: str, terminal: TerminalId) -> Decision:
    if not payment.funded or payment.operation is not None or payment.refused is not None:
        return NOTHING
    case = case_number(terminal, payment.number)
    fact = TransferRefused(payment.number, payment.inserted, code, reason, case)
    incident = RaiseIncident(FaultCode.HOST_REFUSES_PAYMENT, f"case {case}: {code}")
    return Decision(_ending(payment, fact).facts, (incident,))


def _ending(payment: Payment, fact: PaymentFact) -> Decision:
    """The fact, and S40 with it when it was the last thing to happen."""
    after = evolve(payment, fact)
    return Decision((fact, PaymentDone(payment.number)) if after.settled else (fact,))
