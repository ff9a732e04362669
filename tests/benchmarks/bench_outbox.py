"""How fast a long queue of payments leaves for a host that loses three replies of ten.

Journal, book, worker and HTTP client are those of production, the host is a process of its own behind loopback. The
payments are in the journal beforehand, funded and due. At the end the host must hold each of them once.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from terminal.journal.opening import OpenedJournal
from terminal.service.outbox_worker import DEVICES_FIRST_S, OutboxWorker
from terminal.service.retry import BackOff
from terminal.transfer.http_requests import RequestsTransport
from terminal.transfer.processing_client import JsonProcessing
from tests.benchmarks.measured import Measured, Result, spread_of
from tests.benchmarks.rig import Rig
from tests.journal import steps
from tests.support.queued_payments import dispatch, queue

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
    waited = spread_of([count / (each.seconds + DEVICES_FIRST_S) for each in drained])
    lost = "+".join(str(each.lost) for each in drained)
    remark = (
        f"median of {runs} queues of {count} payments; replies lost: {lost}; none twice at the host;"
        f" {waited.median:,.0f} with the second that is left to the devices"
    )
    return {"outbox_drain": Measured(rates.median, "1/s", GOAL_PER_S, at_least=True, spread=rates, remark=remark)}


@dataclass(frozen=True, slots=True)
class Drained:
    """Seconds from the first look for what is due until nothing was unsent, and replies that were lost on the way."""

    seconds: float
    lost: int


async def _measure(count: int, seed: int) -> Drained:
    with tempfile.TemporaryDirectory() as directory:
        async with Rig(Path(directory), 1.0) as rig:
            await rig.emulators(("billing-host",))
            await rig.ask("billing-host", "seed", str(seed))
            await rig.ask("billing-host", "behave", "lose-replies", str(LOST_REPLIES))
            opened = queue(rig.layout.state, count)
            async with _worker(opened, rig) as worker:
                seconds = await _drain(worker, count)
            if opened.outbox.totals().count:
                raise RuntimeError(f"still unsent: {opened.outbox.totals()}")
            opened.journal.close()
            return Drained(seconds, await _compare(rig, count))


@contextlib.asynccontextmanager
async def _worker(opened: OpenedJournal, rig: Rig) -> AsyncIterator[OutboxWorker]:
    url = next(line for line in rig.layout.configuration.read_text().splitlines() if line.startswith("url = "))
    http = RequestsTransport(url.split('"')[1], None, rig.layout.host_credentials)
    clock = AtNoon()
    processing = JsonProcessing(http, clock, steps.TERMINAL)
    try:
        yield dispatch(rig.layout.state, opened, processing, clock, PAUSES).worker
    finally:
        http.close()


async def _drain(worker: OutboxWorker, count: int) -> float:
    """The second that the worker leaves to the devices after a start is not counted."""
    loop = asyncio.get_running_loop()
    began = loop.time() + DEVICES_FIRST_S
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
