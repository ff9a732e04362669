"""Every kind of line fault at every byte of taking a note, in both directions: every note is accounted for.

The same with the validator sending each event only once, where a lost answer must become a dispute.
"""

from __future__ import annotations

import asyncio

import pytest

from simulator.line_faults import OUTAGE_S, Direction, FaultKind
from terminal.devices.ccnet.wire import Status
from terminal.ports.bill_acceptor import NoteLost, NoteStacked
from tests.drivers.ccnet_rig import REMEMBERED, Rig, play

LONGEST_CYCLE_S = 2.5
A_FEW_POLLS_S = 0.7
SEED = 20
FIVE_HUNDRED = NoteStacked(REMEMBERED[3])
IN_DOUBT = (FaultKind.DISCONNECT, FaultKind.DELAY)
"""After these the order to stack may be answered only when another note could be in its place."""


def _bytes_of_a_cycle(direction: Direction) -> int:
    """How many bytes pass from the insertion of a note until the acknowledged credit and one poll more."""
    counted: list[int] = []

    async def scenario(rig: Rig) -> None:
        await rig.open()
        before = rig.faults.passed[direction]
        await rig.insert(100)
        await rig.until(lambda: bool(rig.of(NoteStacked)) and rig.firmware.event is None)
        await asyncio.sleep(0.5)
        counted.append(rig.faults.passed[direction] - before)

    play(scenario)
    return counted[0]


CYCLE_BYTES = {direction: _bytes_of_a_cycle(direction) for direction in Direction}


async def _take_a_note_with_a_fault(rig: Rig, kind: FaultKind, direction: Direction, nth: int) -> None:
    await rig.open()
    rig.faults.arm(kind, direction, nth)
    await rig.insert(100)
    await asyncio.sleep(LONGEST_CYCLE_S)
    rig.device.power_on()
    if kind is FaultKind.DISCONNECT:
        await asyncio.sleep(OUTAGE_S)
    await rig.until(lambda: rig.firmware.status is Status.IDLING and rig.firmware.event is None)
    await asyncio.sleep(A_FEW_POLLS_S)
    assert rig.faults.happened[kind] == 1
    rig.assert_every_note_is_accounted_for()
    await rig.insert(500)
    await rig.until(lambda: FIVE_HUNDRED in rig.of(NoteStacked))
    rig.assert_every_note_is_accounted_for()


@pytest.mark.slow
@pytest.mark.parametrize("events", ["until-ack", "once"])
@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("kind", list(FaultKind))
def test_any_fault_at_any_byte(kind: FaultKind, direction: Direction, events: str) -> None:
    disputes = 0
    for nth in range(1, CYCLE_BYTES[direction] + 1):

        async def scenario(rig: Rig, nth: int = nth) -> None:
            nonlocal disputes
            rig.device.modes.set("events", events)
            await _take_a_note_with_a_fault(rig, kind, direction, nth)
            disputes += len(rig.of(NoteLost))

        play(scenario, seed=SEED + nth)
    if events == "until-ack" and kind not in IN_DOUBT:
        assert disputes == 0, "a validator that repeats its events leaves nothing in doubt"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_whole_evening_on_a_bad_line(seed: int) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        for kind in (FaultKind.LOSE, FaultKind.CORRUPT, FaultKind.DUPLICATE, FaultKind.DELAY, FaultKind.SPLIT):
            rig.faults.set_rate(kind, 0.004)
        rig.faults.set_rate(FaultKind.DISCONNECT, 0.0005)
        rig.device.modes.set("events", "once" if seed % 2 else "until-ack")
        for rubles in (100, 100, 500, 50, 5000, 100, 100, 1000, 50, 50) * 2:
            await rig.until(lambda: rig.firmware.status is Status.IDLING and rig.firmware.event is None, 600)
            rig.firmware.insert(rubles)
            await asyncio.sleep(6)
            assert rig.credited <= rig.in_cassettes
        rig.faults.rates.clear()
        await asyncio.sleep(60)
        rig.assert_every_note_is_accounted_for()
        assert len(rig.of(NoteStacked)) >= 10

    play(scenario, seed=seed)
