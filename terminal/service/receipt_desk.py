"""The receipt desk: sees to it that every funded payment gets exactly one fiscal document, and paper.

Driven by what the journal holds, not by what was going on: the same loop serves a payment just funded and one found
after a power cut. A document is asked for only after a durable F10, and after silence the register is read back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from contracts.faults import FaultCode
from contracts.identifiers import PaymentNumber, TerminalId, case_number
from contracts.money import Money
from fiscal.documents import FiscalDocument, Operation, StorageMark
from fiscal.receipt_layout import copy_slip
from fiscal.register_port import FiscalError, FiscalRegister, NotRegistered, OutcomeUnknown, PrintState
from fiscal.waiting_slip import WaitingReason
from terminal.payments.facts import ReceiptRequested
from terminal.payments.messages import PrintingEnded, ReceiptFormed, ReceiptNotFormed, ReceiptReady
from terminal.payments.payment import Payment
from terminal.ports.clock import Clock
from terminal.ports.vault import VaultBroken
from terminal.service.health import Health
from terminal.service.payment_book import PaymentBook
from terminal.service.receipt_builder import ReceiptTerms, build_receipt, build_slip
from terminal.service.retry import BackOff

log = logging.getLogger(__name__)

PAUSES = BackOff(first_s=1.0, longest_s=30.0)
"""Between attempts at a register that is not ready or does not answer."""
PAPER_PATIENCE = 20
"""Looks at the paper of a registered receipt before other receipts get their turn."""
CLOCK_SLACK = timedelta(minutes=10)
"""How far the register's clock may be behind ours when a document is matched to its request."""


class ReceiptDesk:
    """One register, one payment at a time, oldest first."""

    def __init__(
        self, register: FiscalRegister, book: PaymentBook, health: Health, clock: Clock, terms: ReceiptTerms,
        terminal: TerminalId, random: Random, transfer_known: Callable[[PaymentNumber], bool],
        transfer_patience_s: float,
    ) -> None:
        self._register = register
        self._book = book
        self._health = health
        self._clock = clock
        self._terms = terms
        self._terminal = terminal
        self._random = random
        self._transfer_known = transfer_known
        self._transfer_patience_s = transfer_patience_s
        self._woken = asyncio.Event()
        self._slips: list[tuple[Payment, WaitingReason]] = []
        self.busy = False

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def owe_slip(self, payment: Payment, reason: WaitingReason) -> None:
        """Print a numbered slip as soon as the printer is free: the client waits for it."""
        self._slips.append((payment, reason))
        self.wake()

    def has_work(self) -> bool:
        """A payment waits for its receipt, or soon will."""
        return any(not (each.receipt.finished or each.voided) for each in self._book.payments)

    async def run(self) -> None:
        """Work for ever."""
        attempts = 0
        while True:
            self._woken.clear()
            await self._print_slips()
            number = self._next()
            if number is None:
                attempts = 0
                await self._woken.wait()
                continue
            if await self._advance(number):
                attempts = 0
                continue
            attempts += 1
            await self._wait(PAUSES.pause(attempts, self._random))

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _next(self) -> PaymentNumber | None:
        """The oldest funded payment whose receipt is not finished."""
        waiting = [each.number for each in self._book.payments if each.funded and not each.receipt.finished]
        return min(waiting, default=None)

    async def _advance(self, number: PaymentNumber) -> bool:
        """One step of one receipt. False when the register must be given time."""
        payment = self._book.payment(number)
        if payment is None:
            return True
        self.busy = True
        try:
            if payment.receipt.registered is not None:
                return await self._finish_printing(payment)
            if payment.receipt.requested is not None:
                return await self._read_back(payment, payment.receipt.requested)
            return await self._form(payment)
        except OutcomeUnknown as error:
            self._health.raise_fault(FaultCode.RECEIPT_UNKNOWN, f"payment {number}: {error}")
            return False
        except FiscalError as error:
            log.warning("receipt_waits payment=%d fault=%s", number, error)
            return False
        except (VaultBroken, KeyError, ValueError) as error:
            self._health.raise_fault(FaultCode.RECEIPT_UNKNOWN, f"payment {number}: its data cannot be read: {error}")
            return False
        finally:
            self.busy = False

    async def _form(self, payment: Payment) -> bool:
        await self._transfer_answered(payment.number)
        mark = await self._register.prepare()
        current = self._book.payment(payment.number)
        if current is None:
            return True
        receipt = build_receipt(current, self._book.client_of(current), self._terms)
        self._book.tell(current.number, ReceiptReady(mark, receipt.digest(), self._book.stamp()))
        try:
            document = await self._register.register(receipt, mark)
        except NotRegistered as error:
            self._book.tell(current.number, ReceiptNotFormed(str(error)))
            return False
        return await self._registered(current.number, document)

    async def _read_back(self, payment: Payment, asked: ReceiptRequested) -> bool:
        receipt = build_receipt(payment, self._book.client_of(payment), self._terms)
        since = datetime.fromisoformat(asked.at) - CLOCK_SLACK
        document = await self._register.find(receipt, StorageMark(asked.storage, asked.after), since)
        if document is None:
            self._book.tell(payment.number, ReceiptNotFormed("read back: no such document"))
            self._health.clear(FaultCode.RECEIPT_UNKNOWN)
            return True
        return await self._registered(payment.number, document)

    async def _registered(self, number: PaymentNumber, document: FiscalDocument) -> bool:
        self._health.clear(FaultCode.RECEIPT_UNKNOWN)
        self._book.tell(number, ReceiptFormed(document))
        payment = self._book.payment(number)
        return payment is None or await self._finish_printing(payment)

    async def _finish_printing(self, payment: Payment) -> bool:
        """See the paper out. When nobody saw whether it came out, a copy marked as one is printed: better two papers
        than none, and the document is one."""
        for _ in range(PAPER_PATIENCE):
            state = await self._register.finish_printing()
            if state is PrintState.FAILED:
                await self._print_copy(payment)
            if state in (PrintState.PRINTED, PrintState.FAILED):
                self._health.clear(FaultCode.RECEIPT_NOT_PRINTED)
                self._book.tell(payment.number, PrintingEnded(printed=True))
                return True
            self._health.raise_fault(FaultCode.RECEIPT_NOT_PRINTED, f"payment {payment.number}: {state}")
            self._woken.clear()  # by whatever it was, it was before this answer
            await self._wait(1.0)
        return False

    async def _print_copy(self, payment: Payment) -> None:
        document = document_of(payment)
        if document is not None:
            lines = copy_slip(document, str(payment.number), self._terms.width)
            await self._register.print_slip(lines, document.qr_text())

    async def _transfer_answered(self, number: PaymentNumber) -> None:
        """Give the transfer its short while, so that the receipt can say that the money is with the supplier."""
        deadline = self._clock.monotonic() + self._transfer_patience_s
        while not self._transfer_known(number):
            left = deadline - self._clock.monotonic()
            if left <= 0:
                return
            self._woken.clear()
            await self._wait(left)

    async def _print_slips(self) -> None:
        while self._slips:
            payment, reason = self._slips.pop(0)
            try:
                client = self._book.client_of(payment)
                case = payment.disputed[-1].case if payment.disputed else case_number(self._terminal, payment.number)
                now = self._clock.now()
                lines = build_slip(payment, client, self._terms, reason, case, self._terminal, now)
                await self._register.print_slip(lines)
            except (FiscalError, VaultBroken, KeyError, ValueError) as error:
                log.warning("slip_not_printed payment=%d why=%s", payment.number, error)


def document_of(payment: Payment) -> FiscalDocument | None:
    """The fiscal document of a payment as the journal holds it."""
    fact = payment.receipt.registered
    if fact is None:
        return None
    at = datetime.fromisoformat(fact.at)
    return FiscalDocument(fact.storage, fact.document, fact.sign, at, Operation.SALE, Money(fact.total.kopecks))
