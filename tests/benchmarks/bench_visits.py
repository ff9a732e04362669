"""What a thousand visits leave behind in the memory of one service and one kiosk.

Most clients look up their balance, every tenth gives readings, every twentieth pays with a note. The measure is the
resident memory at rest on the start page, after the hundredth visit and after the last.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ, DEBTOR
from tests.benchmarks.measured import Measured, Result
from tests.benchmarks.rig import Rig
from tests.benchmarks.visitor import Visitor, inserted

VISITS = 1_000
WARM_UP = 100
FEW_VISITS = 60
FEW_WARM_UP = 20
READINGS_EVERY = 10
CASH_EVERY = 20
NOTE_RUBLES = 100
SPEED = 20.0
GOAL_MB = 1.0
SETTLE_S = 3.0
"""Long enough for what is freed late: the log of the journal, buffers of connections."""
FIRST_READINGS = (21_480, 9_305)
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
BYTES_PER_MB = 1_000_000

Progress = Callable[[int, int, str], None]
"""Told after every visit: how many are done, of how many, and the memory when it was looked at."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes (10^6 bytes)."""

    service: float
    kiosk: float

    def __str__(self) -> str:
        return f"service {self.service:.2f} MB, kiosk {self.kiosk:.2f} MB"


def silent(_done: int, _of: int, _memory: str) -> None:
    """Progress that nobody watches."""


def run(quick: bool = False, progress: Progress = silent) -> Result:
    """A thousand visits; `quick` makes it sixty."""
    visits, warm_up = (FEW_VISITS, FEW_WARM_UP) if quick else (VISITS, WARM_UP)
    return measure(visits, warm_up, progress)


def measure(visits: int, warm_up: int, progress: Progress) -> Result:
    """Growth from the visit `warm_up` to the last."""
    before, after = asyncio.run(_measure(visits, warm_up, progress))
    remark = f"from visit {warm_up} to visit {visits}"
    return {
        "service_growth": Measured(
            after.service - before.service, "MB", GOAL_MB, remark=f"{remark}: {after.service:.1f} MB at the end"),
        "kiosk_growth": Measured(
            after.kiosk - before.kiosk, "MB", GOAL_MB, remark=f"{remark}: {after.kiosk:.1f} MB at the end"),
    }


async def _measure(visits: int, warm_up: int, progress: Progress) -> tuple[Memory, Memory]:
    with tempfile.TemporaryDirectory() as directory:
        async with Rig(Path(directory), SPEED) as rig:
            await rig.emulators()
            service = await rig.service()
            kiosk = await rig.kiosk()
            before = Memory(0.0, 0.0)
            visitor = Visitor(rig.line)
            for number in range(1, visits + 1):
                await _visit(rig, visitor, number)
                looked = number in (warm_up, visits) or number % WARM_UP == 0
                now = await _settled(service, kiosk) if looked else None
                if number == warm_up and now is not None:
                    before = now
                progress(number, visits, str(now or ""))
            return before, await _settled(service, kiosk)


async def _visit(rig: Rig, visitor: Visitor, number: int) -> None:
    """Visit `number`, counted from 1."""
    await rig.line.shown(lambda page: page.kind is PageKind.START and page.button("pay") is not None)
    if number % CASH_EVERY == 0:
        await visitor.look_up(DEBTOR, "pay")
        await _pay(rig, visitor)
    elif number % READINGS_EVERY == 0:
        await visitor.look_up(ALWAYS_READ, "readings")
        await visitor.give_readings([kwh + number // READINGS_EVERY for kwh in FIRST_READINGS])
    else:
        await visitor.look_up(DEBTOR)
    await visitor.leave()


async def _pay(rig: Rig, visitor: Visitor) -> None:
    await visitor.open_slot(NOTE_RUBLES)
    before = inserted((await rig.line.shown(lambda page: page.kind is PageKind.INSERT_CASH)).page)
    await rig.ask("bill-acceptor", "insert-note", str(NOTE_RUBLES))
    await rig.line.shown(lambda page: inserted(page) not in ("", before))
    await visitor.finish()


async def _settled(service: int, kiosk: int) -> Memory:
    await asyncio.sleep(SETTLE_S)
    return Memory(_resident_mb(service), _resident_mb(kiosk))


def _resident_mb(process: int) -> float:
    """Second field of `statm` (proc(5)): resident pages."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_BYTES / BYTES_PER_MB
