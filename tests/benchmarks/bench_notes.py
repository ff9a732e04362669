"""From a note in the cassette to its money on the glass.

The emulated acceptor lives in this process, so the moment at which the answer `81h` (note stacked) leaves for the
host is known; service, kiosk (1080x1920, drawn by software), register and billing host are processes of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from contracts.pages import PageKind
from simulator.bill_acceptor.device import SimulatedBillAcceptor
from simulator.billing_host.demo_accounts import DEBTOR
from simulator.line_faults import FaultyCable, LineFaults
from simulator.pty_port import PtyPort
from tests.benchmarks.measured import Measured, Result, spread_of
from tests.benchmarks.rig import Rig, until
from tests.benchmarks.visitor import Visitor, inserted

STACKED = 0x81
DATA_AT = 3
"""First data byte of a CCNET frame: SYNC, address and length stand before it."""
NOTE_RUBLES = 100
NOTES_A_VISIT = 32
VISITS = 3
SPEED = 20.0
"""Of the mechanics only; the line and the service run in their own time."""
GOAL_MS = 150.0


class TappedPort(PtyPort):
    """A serial port that remembers when the last `81h` was sent."""

    stacked_at = 0.0

    async def write(self, data: bytes) -> None:
        if len(data) > DATA_AT and data[DATA_AT] == STACKED:
            self.stacked_at = asyncio.get_running_loop().time()
        await super().write(data)


def run(quick: bool = False) -> Result:
    samples = asyncio.run(_measure(1 if quick else VISITS, 10 if quick else NOTES_A_VISIT))
    spread = spread_of([1000 * each for each in samples])
    return {"note_to_screen": Measured(spread.p95, "ms", GOAL_MS, spread=spread, remark="p95 from 81h to the glass")}


async def _measure(visits: int, notes: int) -> list[float]:
    """Seconds for each note."""
    samples: list[float] = []
    with tempfile.TemporaryDirectory() as directory:
        async with Rig(Path(directory), SPEED) as rig, _acceptor(rig) as (port, device):
            await rig.emulators(("fiscal-register", "billing-host"))
            await rig.service()
            await rig.kiosk()
            visitor = Visitor(rig.line)
            for _ in range(visits):
                await visitor.look_up(DEBTOR, "pay")
                await visitor.open_slot(notes * NOTE_RUBLES)
                for _ in range(notes):
                    samples.append(await _note(rig, port, device))
                await visitor.finish()
                await visitor.leave()
    return samples


@contextlib.asynccontextmanager
async def _acceptor(rig: Rig) -> AsyncIterator[tuple[TappedPort, SimulatedBillAcceptor]]:
    port = TappedPort(rig.layout.link("bill-acceptor"))
    device = SimulatedBillAcceptor(FaultyCable(port, LineFaults(0)), speed=SPEED)
    serving = asyncio.create_task(device.run())
    try:
        yield port, device
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        device.cut_power()
        port.close()


async def _note(rig: Rig, port: TappedPort, device: SimulatedBillAcceptor) -> float:
    """Insert one note; seconds from the answer of the acceptor to the new sum on the glass."""
    before = inserted((await rig.line.shown(lambda page: page.kind is PageKind.INSERT_CASH)).page)
    firmware = device.firmware
    await until(lambda: firmware.status.name == "IDLING" and firmware.event is None)
    firmware.insert(NOTE_RUBLES)
    seen = await rig.line.shown(lambda page: inserted(page) not in ("", before))
    return seen.at - port.stacked_at
