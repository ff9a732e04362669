"""How fast a long queue of payments leaves for a host that loses three replies of ten.

Journal, book, worker and HTTP client are those of production, the host is a process of its own behind loopback. The
payments are in the journal beforehand, funded and due. At the end the host must hold each of them once.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from contracts.identifiers import AccountNumber, PaymentNumber
from contracts.money import Money
from simulator.billing_host.demo_accounts import DEBTOR
from terminal.environment import halt
from terminal.journal.opening import OpenedJournal
from terminal.journal.vault import FileVault
from terminal.payments.facts import PaymentCreated, PaymentFunded
from terminal.ports.records import NewOutboxRow, OutboxKind, Sealed, Step
from terminal.ports.vault import SealedField
from terminal.service.client_data import ClientData, ServiceLine
from terminal.service.health import Health
from terminal.service.outbox_worker import OutboxWorker, TransferTerms
from terminal.service.payment_book import PaymentBook
from terminal.service.retry import BackOff
from terminal.service.same_day import DayTerms, SameDay
from terminal.transfer.http_requests import RequestsTransport
from terminal.transfer.processing_client import JsonProcessing
from tests.benchmarks.long_journal import write_records
from tests.benchmarks.measured import Measured, Result, spread_of
from tests.benchmarks.rig import Rig
from tests.journal import steps

PAYMENTS = 6_000
FEW_PAYMENTS = 2_000
RUNS = 5
"""Which replies are lost is chance, so it is drawn several times."""
LOST_REPLIES = 0.3
GOAL_PER_S = 2_000.0
LOOK_S = 0.02
LIMIT_S = 300.0
PAUSES = BackOff(0.05, 0.2)
"""Short, because what is measured is the work and not the courtesy towards a host in trouble."""


@dataclass(frozen=True, slots=True)
class AtNoon:
    """Noon of the journal's day, going on from there: no cut-off comes near."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return steps.NOON + timedelta(seconds=self.monotonic() % 3600)


def run(quick: bool = False) -> Result:
    count, runs = (FEW_PAYMENTS, 2) if quick else (PAYMENTS, RUNS)
    drained = [asyncio.run(_measure(count, seed)) for seed in range(runs)]
    rates = spread_of([count / each.seconds for each in drained])
    lost = "+".join(str(each.lost) for each in drained)
    remark = f"median of {runs} queues of {count} payments; replies lost: {lost}; none twice at the host"
    return {"outbox_drain": Measured(rates.median, "1/s", GOAL_PER_S, at_least=True, spread=rates, remark=remark)}


@dataclass(frozen=True, slots=True)
class Drained:
    """Seconds until nothing was unsent, and how many replies were lost on the way."""

    seconds: float
    lost: int


async def _measure(count: int, seed: int) -> Drained:
    with tempfile.TemporaryDirectory() as directory:
        async with Rig(Path(directory), 1.0) as rig:
            await rig.emulators(("billing-host",))
            await rig.ask("billing-host", "seed", str(seed))
            await rig.ask("billing-host", "behave", "lose-replies", str(LOST_REPLIES))
            opened = _prepared(rig.layout.state, count)
            async with _worker(opened, rig) as worker:
                seconds = await _drain(worker, count)
            if opened.outbox.totals().count:
                raise RuntimeError(f"still unsent: {opened.outbox.totals()}")
            opened.journal.close()
            return Drained(seconds, await _compare(rig, count))


def _prepared(state: Path, count: int) -> OpenedJournal:
    steps.opened(state).journal.close()
    write_records(state / "journal.db", _funded_payments(FileVault(state / "vault.key"), count))
    return steps.opened(state)


def _funded_payments(vault: FileVault, count: int) -> Iterator[Step]:
    """Payments that wait for nothing but the host."""
    client = ClientData(AccountNumber(DEBTOR), "АО «Энергосбыт»", "2026-11", (ServiceLine("Электроэнергия", 10_000),))
    for value in range(1, count + 1):
        number, key, at = PaymentNumber(value), steps.key(value), steps.NOON.isoformat(timespec="seconds")
        data_key = vault.data_key(key)
        ciphertext = vault.seal(client.encode(), data_key, SealedField.CLIENT)
        digest = hashlib.sha256(ciphertext).hexdigest()
        created = PaymentCreated(number, key, digest, DEBTOR[-4:], steps.NOTE, steps.NOTE * 10, at)
        yield Step((created,), sealed=(Sealed(digest, ciphertext),), keys=(data_key,))
        yield from steps.tender(value)[1:]
        row = NewOutboxRow(key, OutboxKind.PAYMENT, b"", steps.NOON, steps.NOTE)
        yield Step((PaymentFunded(number, steps.NOTE, at),), outbox=(row,))


@contextlib.asynccontextmanager
async def _worker(opened: OpenedJournal, rig: Rig) -> AsyncIterator[OutboxWorker]:
    clock, vault = AtNoon(), FileVault(rig.layout.state / "vault.key")
    book = PaymentBook(opened.journal, vault, clock, steps.TERMINAL, halt)
    health = Health(clock, book.record, book.stamp)
    url = next(line for line in rig.layout.configuration.read_text().splitlines() if line.startswith("url = "))
    http = RequestsTransport(url.split('"')[1], None, rig.layout.host_credentials)
    processing = JsonProcessing(http, clock, steps.TERMINAL)
    day = DayTerms(time(21, 0), timedelta(hours=1), timedelta(hours=4), 10**9, Money.rubles(10**9))
    same_day = SameDay(opened.journal, opened.outbox, book, processing, health, steps.TERMINAL, day)
    book.load()
    try:
        yield OutboxWorker(
            opened.outbox, book, processing, vault, health, clock, same_day, TransferTerms(steps.TERMINAL, PAUSES),
            Random(0))
    finally:
        http.close()


async def _drain(worker: OutboxWorker, count: int) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(LIMIT_S):
            while worker.delivered < count:
                await asyncio.sleep(LOOK_S)
        return loop.time() - began
    finally:
        running.cancel()
        await asyncio.wait([running])


async def _compare(rig: Rig, count: int) -> int:
    """How many replies the host has lost. Raises `RuntimeError` when it does not hold exactly what was paid."""
    host = await rig.ask("billing-host", "state")
    assert isinstance(host, dict)
    held, wanted = (host["payments"], host["payments_kopecks"]), (count, count * steps.NOTE.kopecks)
    if held != wanted:
        raise RuntimeError(f"the host holds {held[0]} payments of {held[1]} kopecks instead of {wanted}")
    return int(host["requests"].get("replies_lost", 0))
