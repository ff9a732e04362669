"""What to do with an open payment when the service starts: the boot table.

Only asks; never assumes. What the journal alone can settle is settled at once; a note of which only the intent is
known waits for the first word of the acceptor, and a receipt of which only the request is known waits for the
register to be read back.
"""

from __future__ import annotations

from dataclasses import dataclass

from terminal.payments.effects import Effect, FinishPrinting, PrepareReceipt, SubmitTransfer
from terminal.payments.facts import PaymentDone, PaymentFact, PaymentVoided
from terminal.payments.payment import Payment


@dataclass(frozen=True, slots=True)
class ReadBackReceipt:
    """F10 without an answer: ask the register what became of it before anything else."""


@dataclass(frozen=True, slots=True)
class AwaitNote:
    """C10 without an answer: the acceptor's first word decides."""


@dataclass(frozen=True, slots=True)
class ResumeTender:
    """Money is in and the tender was not ended: the client may still be there."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """How one open payment goes on."""

    facts: tuple[PaymentFact, ...] = ()
    effects: tuple[Effect | ReadBackReceipt | AwaitNote | ResumeTender, ...] = ()


def recover(payment: Payment) -> Recovery:
    """The boot table, row by row of the last durable record.

    A payment that has ended and is open only for a disputed note waits for that note alone.
    """
    if payment.voided or payment.done:
        return Recovery()
    if payment.funded:
        return _recover_funded(payment)
    if payment.pending is not None:
        return Recovery(effects=(AwaitNote(), ResumeTender()))
    if payment.inserted:
        return Recovery(effects=(ResumeTender(),))
    return Recovery((PaymentVoided(payment.number, "interrupted before any money"),))


def _recover_funded(payment: Payment) -> Recovery:
    effects: list[Effect | ReadBackReceipt | AwaitNote | ResumeTender] = []
    if payment.operation is None and payment.refused is None:
        effects.append(SubmitTransfer())
    track = payment.receipt
    if track.registered is not None and not track.finished:
        effects.append(FinishPrinting())
    elif track.requested is not None and track.registered is None:
        effects.append(ReadBackReceipt())
    elif track.registered is None:
        effects.append(PrepareReceipt())
    if payment.settled:
        return Recovery((PaymentDone(payment.number),), tuple(effects))
    return Recovery(effects=tuple(effects))
