"""What the service does for the client in front of it: account, readings, payment. Holds their data until they go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from contracts.faults import FaultCode
from contracts.identifiers import AccountNumber, IdempotencyKey, PaymentNumber, TerminalId, reading_key
from contracts.money import Money
from terminal.accounts.account import AccountCard, LookupRefusal
from terminal.payments.facts import ReadingsTaken
from terminal.payments.messages import CheckAnswered, TenderEnded
from terminal.payments.payment import Payment
from terminal.ports.clock import Clock
from terminal.ports.processing import (
    Accepted,
    NotSent,
    Processing,
    Refused,
    RegisterReading,
    TransferError,
    TransferUnknown,
)
from terminal.ports.records import Journal, NewOutboxRow, OutboxKind, Step
from terminal.ports.vault import SealedField, Vault
from terminal.service.cash_desk import CashDesk
from terminal.service.client_data import ReadingLine, of_card, readings_given
from terminal.service.health import Health
from terminal.service.outbox_worker import OutboxWorker
from terminal.service.payment_book import PaymentBook
from terminal.service.readings_row import encode_readings
from terminal.visit.effects import EnteredReading
from terminal.visit.events import (
    AccountFound,
    AccountRefused,
    HostSilent,
    PaymentRefused,
    ReadingsRecorded,
    ReadingsRefused,
    VisitEvent,
)
from terminal.visit.reasons import HOST_REFUSES, NO_CASH

log = logging.getLogger(__name__)

LOOKUP_S = 10.0
"""A client waits this long for the account card."""
CHECK_S = 3.0
"""And this long for the host's word on whether a payment would be taken; the account was found a moment ago."""
SENT_NOW_S = 3.0
"""And this long for the number of the readings."""


class ClientDesk:
    def __init__(
        self, processing: Processing, book: PaymentBook, cash: CashDesk, worker: OutboxWorker, journal: Journal,
        vault: Vault, health: Health, clock: Clock, terminal: TerminalId, maximum: Money,
        digest: Callable[[bytes], str], journal_compared: Callable[[], Awaitable[None]],
    ) -> None:
        self._processing = processing
        self._book = book
        self._cash = cash
        self._worker = worker
        self._journal = journal
        self._vault = vault
        self._health = health
        self._clock = clock
        self._terminal = terminal
        self._maximum = maximum
        self._digest = digest
        self._journal_compared = journal_compared
        self._card: AccountCard | None = None
        self._known: AccountNumber | None = None
        self._given: tuple[ReadingLine, ...] = ()
        self.number: PaymentNumber | None = None
        """The payment of the client who is here now."""

    async def look_up(self, account: AccountNumber) -> VisitEvent:
        """Ask the host for the account card."""
        self._card = None
        try:
            async with asyncio.timeout(LOOKUP_S):
                answer = await self._processing.find_account(account)
        except (TransferError, TimeoutError) as error:
            self._host_failed(error)
            return HostSilent()
        self._worker.host_answered()
        if isinstance(answer, LookupRefusal):
            return AccountRefused(answer)
        if self._known != answer.number:
            self._given = ()
        self._known = answer.number
        self._card = answer
        return AccountFound(answer)

    async def record_readings(self, readings: tuple[EnteredReading, ...]) -> VisitEvent | None:
        """Make the readings durable, then try to send them while the client waits a little."""
        card = self._card
        if card is None:
            return None
        self._given = readings_given(card, readings)
        sequence = self._next_reading()
        key = reading_key(self._terminal, sequence)
        now = self._clock.now()
        lines = tuple(RegisterReading(each.meter, each.zone, each.kwh) for each in readings)
        data_key = self._vault.data_key(key)
        sealed = self._vault.seal(encode_readings(card.number, now, lines), data_key, SealedField.READINGS)
        fact = ReadingsTaken(sequence, key, self._digest(sealed), len(lines), self._book.stamp())
        row = NewOutboxRow(key, OutboxKind.READINGS, sealed, now)
        self._book.append(Step((fact,), (row,), keys=(data_key,)))
        return await self._sent_now(key)

    async def _sent_now(self, key: IdempotencyKey) -> VisitEvent:
        try:
            async with asyncio.timeout(SENT_NOW_S):
                answer = await self._worker.readings_answer(key)
        except TimeoutError:
            return ReadingsRecorded("")
        match answer:
            case Accepted(operation=operation):
                return ReadingsRecorded(operation)
            case Refused(reason=reason):
                return ReadingsRefused(reason)

    async def begin_cash(self, due: Money) -> VisitEvent | None:
        """Begin a cash payment: the host's word on the journal if it is still to come, S00, its word on the payment,
        S10, notes."""
        card = self._card
        await self._journal_compared()
        offer = self._health.offers.cash
        if card is None or card is not self._card or not offer.offered or self._cash.tender is not None:
            return PaymentRefused(offer.reason or NO_CASH)
        payment = self._book.open(of_card(card, self._given), due, self._maximum)
        self.number = payment.number
        refusal = await self._refusal_of_host(card.number, due)
        self._book.tell(payment.number, CheckAnswered(refusal))
        if refusal:
            self.number = None
            return PaymentRefused(HOST_REFUSES)
        current = self._book.payment(payment.number)
        if current is None or self.number != payment.number:
            # The client has left while the host was asked; nothing was taken.
            self._abandon(payment.number)
            return None
        self._cash.begin(current)
        return None

    def end_tender(self) -> VisitEvent | None:
        """No more notes. What follows comes from the cash desk and the closing of the payment."""
        if self.number is None or self._cash.tender != self.number:
            return PaymentRefused("")
        self._cash.end()
        return None

    def resume(self, payment: Payment) -> None:
        """A payment found at the start whose client may still be here."""
        self.number = payment.number
        self._card, self._given = None, ()

    def forget(self) -> None:
        """The client is gone; a tender that is still open is ended, which credits what is in."""
        self._card, self._known, self._given, self.number = None, None, (), None
        self._cash.end()

    def _abandon(self, number: PaymentNumber) -> None:
        """The slot was never opened for it, and may be open for whoever came next."""
        payment = self._book.payment(number)
        if payment is not None and not payment.funded:
            self._book.tell(number, TenderEnded(self._book.stamp()))

    async def _refusal_of_host(self, account: AccountNumber, due: Money) -> str:
        """Empty when the host takes it, or says nothing: the account was found a moment ago and the transfer may
        come later today."""
        try:
            async with asyncio.timeout(CHECK_S):
                answer = await self._processing.check_payment(account, due)
        except (TransferError, TimeoutError) as error:
            self._host_failed(error)
            return ""
        self._worker.host_answered()
        return f"{answer.code}: {answer.reason}" if isinstance(answer, Refused) else ""

    def _host_failed(self, error: TransferError | TimeoutError) -> None:
        detail = error.detail if isinstance(error, TransferError) else "no answer in time"
        silent = isinstance(error, NotSent | TimeoutError) or not isinstance(error, TransferUnknown)
        self._health.raise_fault(FaultCode.HOST_UNREACHABLE if silent else FaultCode.HOST_ANSWERS_WRONG, detail)

    def _next_reading(self) -> int:
        latest = self._journal.latest(ReadingsTaken.kind)
        return latest.sequence + 1 if isinstance(latest, ReadingsTaken) else 1
