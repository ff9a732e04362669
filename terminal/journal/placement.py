"""Where a fact stands in its payment: the slot it takes, which can be taken once, and the slot that comes before it.

A trigger of the store's schema over these two makes it impossible to remember a note twice, a note that was never
ordered in, two endings of one tender or two answers of the host, whatever the rest of the program believes.
"""

from __future__ import annotations

from typing import assert_never

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

CREATED = "S00"
CHECKED = "S10"
ENDED = "S20"
"""Paid for or voided, never both."""
REGISTERED = "F20"
ANSWERED = "S30"
"""Accepted or refused by the host, never both."""
DONE = "S40"

Placement = tuple[str, str | None]
"""The slot, and the slot that must have been taken before; None for the first fact alone."""


def placement(fact: PaymentFact, seq: int) -> Placement:
    """The slot of a fact. `seq`, the record's number, tells apart what may happen again."""
    match fact:
        case PaymentFunded():  # first, because its step does the most beside its record
            return ENDED, CHECKED
        case NoteStackRequested() | NoteStacked() | NoteReturned() | NoteDisputed() | NoteDisputeSettled():
            return _note(fact)
        case PaymentCreated():
            return CREATED, None
        case CheckPassed():
            return CHECKED, CREATED
        case PaymentVoided():
            return ENDED, CREATED
        case ReceiptRequested() | ReceiptAbsent():
            return f"{fact.kind}#{seq}", ENDED
        case ReceiptRegistered():
            return REGISTERED, ENDED
        case ReceiptPrinted():
            return fact.kind, REGISTERED
        case TransferAccepted() | TransferRefused():
            return ANSWERED, ENDED
        case PaymentDone():
            return fact.kind, ANSWERED
        case _:
            assert_never(fact)


def _note(fact: NoteStackRequested | NoteStacked | NoteReturned | NoteDisputed | NoteDisputeSettled) -> Placement:
    match fact:
        case NoteStackRequested(note=note):
            return f"C10.{note}", CHECKED
        case NoteDisputeSettled(note=note):
            return f"C45.{note}", f"C40.{note}"
        case NoteStacked(note=note) | NoteReturned(note=note) | NoteDisputed(note=note):
            return f"{fact.kind}.{note}", f"C10.{note}"
        case _:
            assert_never(fact)
