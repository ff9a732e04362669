"""The outbox worker: what must leave the terminal leaves it today.

Oldest first, one key per record for ever, pauses that double within bounds and never reach past the cut-off. The
answers to a batch are made durable in one step, while the next batch is on its way; silence only postpones, because
asking again with the same key is harmless and is the way to learn what happened.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from contracts.faults import FaultCode
from contracts.identifiers import IdempotencyKey, PaymentNumber, TerminalId
from terminal.payments.facts import ReadingsAccepted, ReadingsRefused
from terminal.payments.messages import HostAccepted, HostRefused, Message
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
from terminal.ports.vault import Vault, VaultBroken
from terminal.service.health import Health
from terminal.service.overlapping import send_overlapped
from terminal.service.payment_book import PaymentBook
from terminal.service.retry import BackOff
from terminal.service.same_day import SameDay
from terminal.service.submissions import Submissions

log = logging.getLogger(__name__)

DEVICES_FIRST_S = 1.0
"""The first exchange loads the HTTP library; until then the devices have been asked."""
MAX_IN_VAIN = 3
"""Exchanges in a row without an answer before the rest of the round waits: a lost reply is not yet a silent host. A
line that loses three replies of ten loses two in a row once in eleven exchanges, and three once in 37."""
MAX_ROWS = 200
"""Rows sent at once; a protocol may know smaller batches."""
BATCHES_AHEAD = 5
"""Batches looked up at once: a look for what is due goes over every unsent row. A row that becomes due meanwhile waits
for these to be gone."""
FAR_AHEAD = timedelta(days=366 * 200)
"""Added to the present it is later than any clock that was ever set wrong."""
MOST_AHEAD = 10_000
"""Rows looked through for times that no pause reaches; the offline budget allows far fewer."""
UNREADABLE = (VaultBroken, KeyError, ValueError)
"""A row whose sealed data cannot be read, or whose payment cannot be what the row says: tried again much later."""
Batch = Sequence[tuple[OutboxRow, PaymentSubmission]]
Answers = Mapping[IdempotencyKey, Accepted | Refused | KeyConflict]
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
        self.submissions = Submissions(book, vault, terms.terminal)
        self._health = health
        self._clock = clock
        self._same_day = same_day
        self._terms = terms
        self._random = random
        self._longest_s = terms.pauses.longest_s
        """The longest pause that this process may give a row."""
        self._in_vain = 0
        """Exchanges in a row without an answer, in this round."""
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
        self._in_vain = 0
        while self._answers and (rows := self._due(limit * BATCHES_AHEAD if limit > 1 else 1)):
            payments = [row for row in rows if row.kind is OutboxKind.PAYMENT]
            if len(payments) > 1:
                await send_overlapped(self._batches(payments, limit), self._ask, self._goes_on, self._conclude)
            else:
                await self._send_alone(rows[0])

    @property
    def _answers(self) -> bool:
        return self._in_vain < MAX_IN_VAIN

    def _due(self, limit: int) -> Sequence[OutboxRow]:
        """What is to be sent now; at last the rows that a clock put back has left far in the future."""
        now = self._clock.now()
        latest = now + timedelta(seconds=self._longest_s)
        rows = self._outbox.due(now, limit)
        return rows or [row for row in self._outbox.due(now + FAR_AHEAD, MOST_AHEAD) if row.next_at > latest][:limit]

    def _batches(self, rows: Sequence[OutboxRow], limit: int) -> Iterator[Batch]:
        """Rows of payments, made ready. One that cannot be read waits by itself and holds up no other."""
        for start in range(0, len(rows), limit):
            ready: list[tuple[OutboxRow, PaymentSubmission]] = []
            for row in rows[start : start + limit]:
                try:
                    ready.append((row, self.submissions.of_row(row)))
                except UNREADABLE as error:
                    self._unreadable(row, error)
            if ready:
                yield ready

    async def _ask(self, batch: Batch) -> Answers | TransferError:
        try:
            return await self._processing.submit_batch([submission for _, submission in batch])
        except TransferError as error:
            return error

    def _goes_on(self, outcome: Answers | TransferError) -> bool:
        self._in_vain = self._in_vain + 1 if isinstance(outcome, TransferError) else 0
        return self._answers

    def _conclude(self, batch: Batch, outcome: Answers | TransferError) -> None:
        if isinstance(outcome, TransferError):
            self._failed([row for row, _ in batch], outcome)
            return
        try:
            self.delivered += self._record(batch, outcome)
        except UNREADABLE as error:
            for row, _ in batch:
                self._unreadable(row, error)
            return
        self.host_answered()

    def _record(self, batch: Batch, answers: Answers) -> int:
        """Make the answers to a batch durable in one transaction; how many rows they end."""
        at = self._book.stamp()
        news: list[tuple[PaymentNumber, Message]] = []
        for row, submission in batch:
            answer = answers[row.key]
            if isinstance(answer, KeyConflict):
                self._conflict(row, answer)
            else:
                news.append((PaymentNumber(submission.number), _news(answer, at)))
        self._book.tell_all(news)
        return len(news)

    async def _send_alone(self, row: OutboxRow) -> None:
        """One row in one exchange."""
        try:
            if row.kind is OutboxKind.READINGS:
                await self._send_readings(row)
            else:
                submission = self.submissions.of_row(row)
                answer = await self._processing.submit_payment(submission)
                self._book.tell(PaymentNumber(submission.number), _news(answer, self._book.stamp()))
        except KeyConflict as conflict:
            self._conflict(row, conflict)
        except TransferError as error:
            self._in_vain += 1
            self._failed((row,), error)
            return
        except UNREADABLE as error:
            self._unreadable(row, error)
            return
        else:
            self.delivered += 1
        self._in_vain = 0
        self.host_answered()

    def _failed(self, rows: Sequence[OutboxRow], error: TransferError) -> None:
        """The host did not answer."""
        unreachable = isinstance(error, NotSent)
        code = FaultCode.HOST_UNREACHABLE if unreachable else FaultCode.HOST_ANSWERS_WRONG
        self._health.raise_fault(code, error.detail)
        self._postpone(rows, error.retry_after_s if isinstance(error, TransferUnknown) else None)

    def _unreadable(self, row: OutboxRow, error: Exception) -> None:
        log.error("outbox_row_unreadable key=%s why=%s", row.key, error)
        self._postpone((row,), self._terms.pauses.longest_s)

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

    def _conflict(self, row: OutboxRow, conflict: KeyConflict) -> None:
        self._health.raise_fault(FaultCode.HOST_KEY_CONFLICT, conflict.detail)
        self._postpone((row,), self._terms.pauses.longest_s)

    async def _send_readings(self, row: OutboxRow) -> None:
        answer = await self._processing.submit_readings(self.submissions.of_readings(row))
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


def _news(answer: Accepted | Refused, at: str) -> HostAccepted | HostRefused:
    match answer:
        case Accepted(operation=operation):
            return HostAccepted(operation, at)
        case Refused(code=code, reason=reason):
            return HostRefused(code, reason)
