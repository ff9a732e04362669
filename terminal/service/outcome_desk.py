"""What a client is told at the end: waits for receipt and transfer as long as a person will, then says what is known.

Nothing here decides about money; it watches the payments and words their state. What is not known in time is told as
it is, with a number to ask by and a slip where the printer can still print one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from contracts.identifiers import PaymentNumber, TerminalId, case_number
from fiscal.waiting_slip import WaitingReason
from terminal.payments.payment import Payment, ReceiptTrack
from terminal.service.receipt_desk import ReceiptDesk, document_of
from terminal.service.side_work import SideWork
from terminal.visit.events import Certainty, PaymentEnded, PaymentRefused, VisitEvent

RECEIPT_PATIENCE_S = 25.0
"""How long a client waits for the receipt before being told that it comes later."""


class OutcomeDesk:
    def __init__(
        self, receipts: ReceiptDesk, terminal: TerminalId, feed: Callable[[PaymentNumber, VisitEvent], None],
        side: SideWork,
    ) -> None:
        self._receipts = receipts
        self._terminal = terminal
        self._feed = feed
        self._latest: dict[PaymentNumber, Payment] = {}
        self._news: dict[PaymentNumber, asyncio.Event] = {}
        self._side = side

    def changed(self, payment: Payment) -> None:
        """The book tells of every payment that changes."""
        number = payment.number
        if payment.voided:
            self._feed(number, self._ended(payment) if payment.disputed else PaymentRefused(""))
            return
        news = self._news.get(number)
        if news is not None:
            self._latest[number] = payment
            news.set()
        elif _just_funded(payment):
            self._latest[number] = payment
            self._begin(number)

    def transfer_known(self, number: PaymentNumber) -> bool:
        """Whether the host has answered for good, or nobody stands there to wait for it."""
        payment = self._latest.get(number)
        return payment is None or payment.operation is not None or payment.refused is not None

    def _begin(self, number: PaymentNumber) -> None:
        self._news[number] = asyncio.Event()
        self._side.start(self._conclude(number))

    async def _conclude(self, number: PaymentNumber) -> None:
        """Wait, tell, and look after the slip."""
        news = self._news[number]
        try:
            async with asyncio.timeout(RECEIPT_PATIENCE_S):
                while not self._latest[number].receipt.finished:
                    news.clear()
                    await news.wait()
        except TimeoutError:
            pass
        payment = self._latest.pop(number)
        del self._news[number]
        self._owe_slip(payment)
        self._feed(number, self._ended(payment))

    def _owe_slip(self, payment: Payment) -> None:
        if payment.disputed:
            self._receipts.owe_slip(payment, WaitingReason.NOTE_UNCLEAR)
        if payment.refused is not None:
            self._receipts.owe_slip(payment, WaitingReason.TRANSFER_REFUSED)
        elif not payment.receipt.finished:
            self._receipts.owe_slip(payment, WaitingReason.RECEIPT_LATER)

    def _ended(self, payment: Payment) -> PaymentEnded:
        document = document_of(payment)
        waits = payment.disputed or payment.refused is not None or not payment.receipt.finished
        case = payment.disputed[-1].case if payment.disputed else case_number(self._terminal, payment.number)
        return PaymentEnded(
            total=payment.inserted,
            transfer=_transfer(payment),
            receipt=_receipt(payment),
            operation=str(payment.operation or ""),
            case=case if waits else "",
            qr=document.qr_text() if document else "",
            disputed=payment.disputed_total,
        )


def _just_funded(payment: Payment) -> bool:
    """The tender has ended a moment ago: nothing has come of it yet, so its client is still there. A payment found
    at the start changes first by what comes of it."""
    untouched = payment.operation is None and payment.refused is None
    return payment.funded and untouched and payment.receipt == ReceiptTrack()


def _transfer(payment: Payment) -> Certainty:
    if payment.refused is not None:
        return Certainty.REFUSED
    return Certainty.LATER if payment.operation is None else Certainty.YES


def _receipt(payment: Payment) -> Certainty:
    track = payment.receipt
    if track.finished:
        return Certainty.YES if track.printed else Certainty.LATER
    unknown = track.requested is not None and track.registered is None
    return Certainty.UNKNOWN if unknown else Certainty.LATER
