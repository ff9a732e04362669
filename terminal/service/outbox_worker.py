"""The outbox worker: what must leave the terminal leaves it today.

Oldest first, one key per record for ever, pauses that double within bounds and never reach past the cut-off. An answer
is made durable before the next row is looked at; silence only postpones, because asking again with the same key is
harmless and is the way to learn what happened.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from contracts.faults import FaultCode
from contracts.identifiers import AccountNumber, IdempotencyKey, TerminalId
from terminal.payments.facts import ReadingsAccepted, ReadingsRefused
from terminal.payments.messages import HostAccepted, HostRefused
from terminal.payments.payment import Payment
from terminal.ports.clock import Clock
from terminal.ports.processing import (
    Accepted,
    KeyConflict,
    NotSent,
    PaymentSubmission,
    Processing,
    ReadingsSubmission,
    Refused,
    RegisterReading,
    TransferError,
    TransferUnknown,
)
from terminal.ports.records import Outbox, OutboxKind, OutboxRow, OutboxState, Step
from terminal.ports.vault import Vault, VaultBroken
from terminal.service.health import Health
from terminal.service.payment_book import PaymentBook
from terminal.service.retry import BackOff
from terminal.service.same_day import SameDay

log = logging.getLogger(__name__)

BATCH = 20
"""Rows looked at in one round."""
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
        """Send for ever."""
        while True:
            self._woken.clear()
            await self.send_due()
            self._same_day.look(self._clock.now())
            await self._same_day.close_due(self._clock.now())
            await self._pause()

    async def send_due(self) -> None:
        """One round: every row that is due, until the host stops answering."""
        for row in self._outbox.due(self._clock.now(), BATCH):
            if not await self.send(row):
                break

    async def send(self, row: OutboxRow) -> bool:
        """Send one row. False when the host does not answer, so that the others need not try now."""
        try:
            await self._submit(row)
        except KeyConflict as error:
            self._health.raise_fault(FaultCode.HOST_KEY_CONFLICT, error.detail)
            self._postpone(row, self._terms.pauses.longest_s)
            return True
        except NotSent as error:
            self._health.raise_fault(FaultCode.HOST_UNREACHABLE, error.detail)
            self._postpone(row, None)
            return False
        except TransferUnknown as error:
            self._health.raise_fault(FaultCode.HOST_ANSWERS_WRONG, error.detail)
            self._postpone(row, error.retry_after_s)
            return False
        except (VaultBroken, KeyError, ValueError) as error:
            log.error("outbox_row_unreadable key=%s why=%s", row.key, error)
            self._postpone(row, self._terms.pauses.longest_s)
            return True
        self.host_answered()
        self.delivered += 1
        self._same_day.look(self._clock.now())
        return True

    def host_answered(self) -> None:
        """The host has given a usable answer to somebody."""
        self._health.clear(FaultCode.HOST_UNREACHABLE)
        self._health.clear(FaultCode.HOST_ANSWERS_WRONG)

    async def _submit(self, row: OutboxRow) -> None:
        if row.kind is OutboxKind.READINGS:
            await self._submit_readings(row)
            return
        payment = next((each for each in self._book.payments if each.key == row.key), None)
        if payment is None:
            raise KeyError(f"no open payment has the key {row.key}")
        answer = await self._processing.submit_payment(self._submission(payment))
        match answer:
            case Accepted(operation=operation):
                self._book.tell(payment.number, HostAccepted(operation, self._book.stamp()))
            case Refused(code=code, reason=reason):
                self._book.tell(payment.number, HostRefused(code, reason))

    def _submission(self, payment: Payment) -> PaymentSubmission:
        client = self._book.client_of(payment)
        paid_at = datetime.fromisoformat(payment.funded_at)
        return PaymentSubmission(
            payment.key, payment.number, self._terms.terminal, client.account, payment.inserted, paid_at
        )

    async def _submit_readings(self, row: OutboxRow) -> None:
        submission = decode_readings(self._vault.open(row.sealed_body, row.key), row.key, self._terms.terminal)
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

    def _postpone(self, row: OutboxRow, wanted_s: float | None) -> None:
        """Later, but never past the cut-off of the day if that can still be reached."""
        pause = max(wanted_s or 0.0, self._terms.pauses.pause(row.attempts + 1, self._random))
        now = self._clock.now()
        until = now + timedelta(seconds=pause)
        cut_off = self._same_day.cut_off(now)
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


def encode_readings(account: AccountNumber, taken_at: datetime, readings: tuple[RegisterReading, ...]) -> bytes:
    """The body of a readings row before it is sealed."""
    lines = [{"meter": each.meter, "zone": each.zone, "kwh": each.kwh} for each in readings]
    body = {"account": account, "taken_at": taken_at.isoformat(), "readings": lines}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def decode_readings(plaintext: bytes, key: IdempotencyKey, terminal: TerminalId) -> ReadingsSubmission:
    """Read back what `encode_readings` wrote. Raises `ValueError`."""
    try:
        body = json.loads(plaintext)
        lines = tuple(RegisterReading(str(r["meter"]), str(r["zone"]), int(r["kwh"])) for r in body["readings"])
        return ReadingsSubmission(
            key, terminal, AccountNumber(body["account"]), datetime.fromisoformat(body["taken_at"]), lines
        )
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"not a readings row: {error}") from error


__all__ = ["OutboxWorker", "TransferError", "TransferTerms", "decode_readings", "encode_readings"]
