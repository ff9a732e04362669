"""The outbox worker: what must leave the terminal leaves it today.

Oldest first, one key per record for ever, pauses that double within bounds and never reach past the cut-off. An answer
is made durable before the next row is looked at; silence only postpones, because asking again with the same key is
harmless and is the way to learn what happened.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from contracts.faults import FaultCode
from contracts.identifiers import IdempotencyKey, PaymentNumber, TerminalId
from terminal.payments.facts import ReadingsAccepted, ReadingsRefused
from terminal.payments.messages import HostAccepted, HostRefused, Message
from terminal.payments.payment import Payment
from terminal.ports.clock import Clock
from terminal.ports.processing import (
    Accepted,
    KeyConflict,
    NotSent,
    PaymentSubmission,
    Processing,
    Refused,
    TransferError,
    TransferUnknown,
)
from terminal.ports.records import Outbox, OutboxKind, OutboxRow, OutboxState, Step
from terminal.ports.vault import SealedField, Vault, VaultBroken
from terminal.service.health import Health
from terminal.service.payment_book import PaymentBook
from terminal.service.readings_row import decode_readings
from terminal.service.retry import BackOff
from terminal.service.same_day import SameDay

log = logging.getLogger(__name__)

DEVICES_FIRST_S = 1.0
"""The first exchange loads the HTTP library; until then the devices have been asked."""
MAX_IN_VAIN = 2
"""Exchanges in a row without an answer before the rest of the round waits: a lost reply is not yet a silent host."""
MAX_ROWS = 200
"""Rows sent at once; a protocol may know smaller batches."""
FAR_AHEAD = timedelta(days=366 * 200)
"""Added to the present it is later than any clock that was ever set wrong."""
MOST_AHEAD = 10_000
"""Rows looked through for times that no pause reaches; the offline budget allows far fewer."""
IDLE_LOOK_S = 15.0
"""How often an empty or waiting outbox is looked at: the budget and the cut-off move with time alone."""


@dataclass(frozen=True, slots=True)
class TransferTerms:
    """From the configuration."""

    terminal: TerminalId
    pauses: BackOff


class OutboxWorker:
    def __init__(
        self, outbox: Outbox, book: PaymentBook, processing: Processing, vault: Vault, health: Health, clock: Clock,
        same_day: SameDay, terms: TransferTerms, random: Random,
    ) -> None:
        self._outbox = outbox
        self._book = book
        self._processing = processing
        self._vault = vault
        self._health = health
        self._clock = clock
        self._same_day = same_day
        self._terms = terms
        self._random = random
        self._longest_s = terms.pauses.longest_s
        """The longest pause that this process may give a row."""
        self._woken = asyncio.Event()
        self._awaited: dict[IdempotencyKey, asyncio.Future[Accepted | Refused]] = {}
        self.delivered = 0
        """Rows ended since the process started."""

    def wake(self) -> None:
        """Something has been put into the outbox."""
        self._woken.set()

    async def readings_answer(self, key: IdempotencyKey) -> Accepted | Refused:
        """Send now and wait for the host's word on readings just recorded. To be bounded by the caller."""
        self._awaited[key] = asyncio.get_running_loop().create_future()
        self.wake()
        try:
            return await self._awaited[key]
        finally:
            del self._awaited[key]

    async def run(self) -> None:
        """Send for ever; the devices are asked first."""
        await asyncio.sleep(DEVICES_FIRST_S)
        while True:
            self._woken.clear()
            await self.send_due()
            await self._look_for_the_host()
            self._same_day.look(self._clock.now())
            await self._same_day.close_due(self._clock.now())
            await self._pause()

    async def send_due(self) -> None:
        """One round: everything that is due, oldest first, until the host stops answering."""
        limit = max(1, min(MAX_ROWS, self._processing.batch_limit))
        in_vain = 0
        while in_vain < MAX_IN_VAIN and (rows := self._due(limit)):
            payments = [row for row in rows if row.kind is OutboxKind.PAYMENT]
            if len(payments) > 1 and limit > 1:
                answered = await self._send(payments, self._submit_batch)
            else:
                answered = await self._send(rows[:1], self._submit_one)
            in_vain = 0 if answered else in_vain + 1

    def _due(self, limit: int) -> Sequence[OutboxRow]:
        """What is to be sent now; at last the rows that a clock put back has left far in the future."""
        now = self._clock.now()
        latest = now + timedelta(seconds=self._longest_s)
        rows = self._outbox.due(now, limit)
        return rows or [row for row in self._outbox.due(now + FAR_AHEAD, MOST_AHEAD) if row.next_at > latest][:limit]

    async def _send(self, rows: Sequence[OutboxRow], submit: Callable[[Sequence[OutboxRow]], Awaitable[int]]) -> bool:
        """Send some rows. False when the host does not answer."""
        try:
            self.delivered += await submit(rows)
        except NotSent as error:
            self._health.raise_fault(FaultCode.HOST_UNREACHABLE, error.detail)
            self._postpone(rows, None)
            return False
        except TransferUnknown as error:
            self._health.raise_fault(FaultCode.HOST_ANSWERS_WRONG, error.detail)
            self._postpone(rows, error.retry_after_s)
            return False
        except (VaultBroken, KeyError, ValueError) as error:
            log.error("outbox_row_unreadable key=%s why=%s", rows[0].key, error)
            self._postpone(rows, self._terms.pauses.longest_s)
            return True
        self.host_answered()
        return True

    async def _look_for_the_host(self) -> None:
        """A host that was silent is asked whether it is back, so that clients need not find out."""
        if not self._health.host_silent():
            return
        try:
            await self._processing.reach()
        except TransferError as error:
            log.info("host_still_silent why=%s", error.detail)
        else:
            self.host_answered()

    def host_answered(self) -> None:
        """The host has given a usable answer to somebody."""
        self._health.clear(FaultCode.HOST_UNREACHABLE)
        self._health.clear(FaultCode.HOST_ANSWERS_WRONG)

    async def _submit_one(self, rows: Sequence[OutboxRow]) -> int:
        (row,) = rows
        try:
            if row.kind is OutboxKind.READINGS:
                await self._submit_readings(row)
            else:
                payment = self._payment_of(row)
                answer = await self._processing.submit_payment(self.submission(payment))
                self._book.tell(payment.number, self._news(answer))
        except KeyConflict as conflict:
            self._conflict(row, conflict)
            return 0
        return 1

    async def _submit_batch(self, rows: Sequence[OutboxRow]) -> int:
        """Several payments in one exchange and, when answered, in one transaction."""
        payments = {row.key: self._payment_of(row) for row in rows}
        answers = await self._processing.submit_batch([self.submission(each) for each in payments.values()])
        news: list[tuple[PaymentNumber, Message]] = []
        for row in rows:
            answer = answers[row.key]
            if isinstance(answer, KeyConflict):
                self._conflict(row, answer)
            else:
                news.append((payments[row.key].number, self._news(answer)))
        self._book.tell_all(news)
        return len(news)

    def _payment_of(self, row: OutboxRow) -> Payment:
        payment = self._book.of_key(row.key)
        if payment is None:
            raise KeyError(f"no open payment has the key {row.key}")
        return payment

    def _news(self, answer: Accepted | Refused) -> HostAccepted | HostRefused:
        match answer:
            case Accepted(operation=operation):
                return HostAccepted(operation, self._book.stamp())
            case Refused(code=code, reason=reason):
                return HostRefused(code, reason)

    def _conflict(self, row: OutboxRow, conflict: KeyConflict) -> None:
        self._health.raise_fault(FaultCode.HOST_KEY_CONFLICT, conflict.detail)
        self._postpone((row,), self._terms.pauses.longest_s)

    def submission(self, payment: Payment) -> PaymentSubmission:
        """What the host is sent for a funded payment: the same bytes every time. Raises `VaultBroken`, `KeyError` or
        `ValueError` when its sealed data cannot be read."""
        client = self._book.client_of(payment)
        paid_at = datetime.fromisoformat(payment.funded_at)
        return PaymentSubmission(
            payment.key, payment.number, self._terms.terminal, client.account, payment.inserted, paid_at
        )

    async def _submit_readings(self, row: OutboxRow) -> None:
        key = self._book.data_key(row.key)
        plaintext = self._vault.open(row.sealed_body, key, SealedField.READINGS)
        submission = decode_readings(plaintext, row.key, self._terms.terminal)
        answer = await self._processing.submit_readings(submission)
        match answer:
            case Accepted(operation=operation):
                fact: ReadingsAccepted | ReadingsRefused = ReadingsAccepted(row.key, operation)
                state = OutboxState.DELIVERED
            case Refused(code=code, reason=reason):
                fact, state = ReadingsRefused(row.key, code, reason), OutboxState.PARKED
        self._book.append(Step((fact,), settles=((row.key, state),)))
        awaited = self._awaited.get(row.key)
        if awaited is not None and not awaited.done():
            awaited.set_result(answer)

    def _postpone(self, rows: Sequence[OutboxRow], wanted_s: float | None) -> None:
        """Later, but never past the cut-off of the day if that can still be reached."""
        now = self._clock.now()
        cut_off = self._same_day.cut_off(now)
        self._longest_s = max(self._longest_s, wanted_s or 0.0)
        for row in rows:
            pause = max(wanted_s or 0.0, self._terms.pauses.pause(row.attempts + 1, self._random))
            until = now + timedelta(seconds=pause)
            if now < cut_off < until:
                until = cut_off - timedelta(seconds=min(1.0, (cut_off - now).total_seconds() / 2))
            self._outbox.postpone(row.key, until)

    async def _pause(self) -> None:
        """Until something new comes, the next row is due, or it is time to look at the clock."""
        next_at = self._outbox.next_at()
        wait = IDLE_LOOK_S
        if next_at is not None:
            wait = min(wait, max(0.05, (next_at - self._clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(wait):
                await self._woken.wait()
        except TimeoutError:
            pass
