"""The host dies at any moment and starts again: it looks before it acts, and no note is forgotten."""

from __future__ import annotations

import asyncio

import pytest

from contracts.money import Money
from terminal.devices.ccnet.wire import Status
from terminal.ports.bill_acceptor import (
    Found,
    Identified,
    NoteArriving,
    NoteInEscrow,
    NoteLost,
    NoteReturned,
    NoteStacked,
    Situation,
)
from tests.drivers.ccnet_rig import REMEMBERED, Rig, leave, play

HUNDRED = REMEMBERED[2]
SETTLE_S = 20.0
DARK_S = 1.5


async def _settle(rig: Rig) -> None:
    await asyncio.sleep(SETTLE_S)
    await rig.until(lambda: rig.firmware.status in (Status.IDLING, Status.DISABLED))
    rig.assert_every_note_is_accounted_for()


@pytest.mark.parametrize(
    ("status", "events"),
    [
        (Status.IDLING, []),
        (Status.ACCEPTING, [NoteArriving, NoteInEscrow, NoteStacked]),
        (Status.ESCROW, [NoteInEscrow, NoteStacked]),
        (Status.STACKING, [NoteStacked]),
        (Status.STACKED, [NoteStacked]),
        (Status.RETURNING, [NoteReturned]),
    ],
)
def test_a_host_that_died_looks_before_it_acts(status: Status, events: list[type]) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.decision = leave
        if status is not Status.IDLING:
            await rig.insert(100)
        if status in (Status.STACKING, Status.STACKED):
            rig.decision = lambda acceptor: acceptor.stack()
            rig.device.modes.ignore_ack = 9
        if status is Status.RETURNING:
            rig.decision = lambda acceptor: acceptor.return_note()
        await rig.until(lambda: status in (rig.firmware.status, (rig.firmware.event or (None,))[0]))
        await rig.stop_host()
        rig.device.modes.ignore_ack = 0
        rig.seen.clear()
        heard = len(rig.cable.heard)
        rig.decision = lambda acceptor: acceptor.stack()
        rig.start_host(REMEMBERED)
        await rig.until_seen(Situation)
        assert rig.heard_requests(since=heard)[0] == b"\x33"
        expected = Found.NOTHING if status is Status.IDLING else Found.NOTE_MOVING
        assert rig.of(Situation) == [Situation(expected)]
        await _settle_after_restart(rig)
        happened = [type(each) for each in rig.money_events]
        assert [kind for kind in happened if kind in (NoteArriving, NoteInEscrow, NoteStacked, NoteReturned)] == events
        assert not rig.of(NoteLost)
        assert b"\x30" not in rig.heard_requests(since=heard)

    play(scenario)


async def _settle_after_restart(rig: Rig) -> None:
    await asyncio.sleep(SETTLE_S)
    await rig.open()


def test_an_event_that_waits_at_start_is_valued_by_the_table_as_soon_as_it_can_be_read() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(1000)
        await rig.until(lambda: rig.firmware.status is Status.STACKING)
        await rig.stop_host()
        await asyncio.sleep(3)
        acknowledged_too_early: list[bool] = []

        async def write_to_disk(each: object) -> None:
            if isinstance(each, NoteStacked):
                acknowledged_too_early.append(rig.firmware.event is None)

        rig.before_next = write_to_disk
        rig.start_host()
        await rig.until_seen(NoteStacked)
        assert [type(each) for each in rig.money_events][-2:] == [Identified, NoteStacked]
        assert rig.credited == Money.rubles(1000)
        assert acknowledged_too_early == [False]
        await _settle(rig)

    play(scenario)


def test_a_note_in_escrow_that_nobody_can_value_is_given_back() -> None:
    async def scenario(rig: Rig) -> None:
        rig.decision = leave
        await rig.open()
        await rig.insert(1000)
        await rig.until(lambda: rig.firmware.status is Status.ESCROW)
        await rig.stop_host()
        rig.start_host()
        await rig.until_seen(NoteReturned, limit_s=3)
        assert rig.of(NoteInEscrow) == []
        await _settle(rig)

    play(scenario)


def test_every_moment_of_a_host_death_from_insertion_to_rest() -> None:
    """The new host has no journal here: it must credit what was not credited, and dispute nothing."""

    async def at(moment_s: float, rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await asyncio.sleep(moment_s)
        await rig.stop_host()
        credited_before = len(rig.of(NoteStacked))
        pending = rig.firmware.event is not None
        rig.start_host(REMEMBERED)
        await _settle(rig) if not (credited_before and pending) else await asyncio.sleep(SETTLE_S)
        credits = len(rig.of(NoteStacked))
        assert credits == (2 if credited_before and pending else 1)
        assert rig.in_cassettes == Money.rubles(100)

    for step in range(60):
        play(lambda rig, moment_s=step * 0.037: at(moment_s, rig))  # type: ignore[misc]
