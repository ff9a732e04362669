"""Cassette, jams, cheating, failures and standing still: what a technician meets."""

from __future__ import annotations

import asyncio

import pytest

from contracts.faults import FaultCode
from contracts.money import Money
from terminal.devices.ccnet.wire import Failure, Status
from terminal.ports.bill_acceptor import (
    AcceptanceClosed,
    AcceptanceOpened,
    CassetteInserted,
    CassetteRemoved,
    Found,
    NoteInEscrow,
    NoteLost,
    NoteStacked,
    Situation,
)
from terminal.ports.device import DeviceState
from tests.drivers.ccnet_rig import Rig, play

RESET = b"\x30"


async def _pull(rig: Rig) -> None:
    rig.device.mechanism.pull_cassette()
    rig.firmware.cassette_pulled()


async def _put_in(rig: Rig) -> None:
    rig.device.mechanism.insert_cassette()
    rig.firmware.initialise()


def test_a_cassette_is_taken_out_and_put_back_and_acceptance_opens_again() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteStacked)
        await _pull(rig)
        await rig.until_seen(CassetteRemoved)
        await rig.until(lambda: rig.fault_codes == {FaultCode.ACCEPTOR_CASSETTE_OUT})
        assert rig.report.state is DeviceState.FAULTY
        await asyncio.sleep(120)
        await _put_in(rig)
        await rig.until_seen(AcceptanceOpened, 2)
        assert len(rig.of(CassetteRemoved)) == len(rig.of(CassetteInserted)) == 1
        assert rig.fault_codes == set()
        await rig.insert(100)
        await rig.until_seen(NoteStacked, 2)
        rig.assert_every_note_is_accounted_for()

    play(scenario)


def test_a_restart_with_the_cassette_out_is_no_second_collection() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await _pull(rig)
        await rig.until_seen(CassetteRemoved)
        rig.device.cut_power()
        await asyncio.sleep(1)
        rig.device.power_on()
        await rig.until_seen(Situation, 2)
        await asyncio.sleep(10)
        assert rig.of(CassetteInserted) == []
        assert len(rig.of(CassetteRemoved)) == 1
        await _put_in(rig)
        await rig.until_seen(CassetteInserted)

    play(scenario)


@pytest.mark.parametrize("position", ["stacking", "passed"])
def test_a_cassette_pulled_under_a_moving_note(position: str) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until(lambda: rig.device.places.position.value == position)
        await _pull(rig)
        await rig.until_seen(NoteLost)
        await _put_in(rig)
        await asyncio.sleep(20)
        rig.assert_every_note_is_accounted_for()
        assert len(rig.of(NoteStacked)) == (1 if position == "passed" else 0)

    play(scenario)


def test_a_full_cassette_closes_by_itself_and_closing_is_confirmed() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.mechanism.capacity = 1
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteStacked)
        await rig.until(lambda: rig.fault_codes == {FaultCode.ACCEPTOR_CASSETTE_FULL})
        rig.acceptor.accept(frozenset())
        await rig.until_seen(AcceptanceClosed)
        await _pull(rig)
        await _put_in(rig)
        await rig.open()
        await rig.until_seen(AcceptanceOpened, 2)

    play(scenario)


@pytest.mark.parametrize("position", ["reading", "stacking", "passed", "returning"])
@pytest.mark.parametrize("goes", ["removed", "returned", "stacked"])
def test_a_jam_anywhere_cleared_in_any_way(position: str, goes: str) -> None:
    async def scenario(rig: Rig) -> None:
        if position == "returning":
            rig.decision = lambda acceptor: acceptor.return_note()
        await rig.open()
        await rig.insert(100)
        await rig.until(lambda: rig.device.places.position.value == position)
        rig.device.mechanism.jam()
        rig.firmware.jammed()
        expected = FaultCode.ACCEPTOR_CASSETTE_JAM if position == "passed" else FaultCode.ACCEPTOR_JAM
        await rig.until(lambda: expected in rig.fault_codes)
        await asyncio.sleep(100)
        places = rig.device.places
        into = {"removed": places.removed, "returned": places.pocket, "stacked": places.cassette}[goes]
        rig.device.mechanism.clear_jam(into)
        rig.firmware.flash.recoverable = None
        rig.firmware.initialise()
        await rig.until(lambda: rig.firmware.status is Status.IDLING)
        await rig.until(lambda: rig.fault_codes == set())
        assert len(rig.of(NoteLost)) == (0 if position == "reading" else 1)
        assert rig.of(NoteStacked) == []
        await rig.insert(500)
        await rig.until(lambda: any(each.note.value == Money.rubles(500) for each in rig.of(NoteInEscrow)))

    play(scenario)


def test_a_jam_found_at_start_may_hide_a_stacked_note() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until(lambda: rig.device.places.position.value == "passed")
        rig.device.mechanism.jam()
        rig.firmware.jammed()
        await rig.stop_host()
        rig.seen.clear()
        rig.start_host()
        await rig.until_seen(Situation)
        assert rig.of(Situation) == [Situation(Found.NOTE_IN_CASSETTE)]
        rig.device.mechanism.clear_jam(rig.device.places.cassette)
        rig.firmware.flash.recoverable = None
        rig.firmware.initialise()
        await rig.until_seen(NoteLost)

    play(scenario)


def test_cheating_and_a_second_note_are_told_and_pass() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.firmware.show(Status.CHEATED)
        await rig.until(lambda: FaultCode.ACCEPTOR_CHEATED in rig.fault_codes)
        await rig.until(lambda: rig.fault_codes == set())
        rig.firmware.show(Status.PAUSE)
        await rig.until(lambda: FaultCode.ACCEPTOR_PAUSED in rig.fault_codes)
        rig.firmware.resume()
        await rig.until(lambda: rig.fault_codes == set())
        rig.firmware.show(Status.PAUSE)
        await rig.until_seen(AcceptanceOpened, 2, limit_s=60)

    play(scenario)


@pytest.mark.parametrize("code", [*Failure, 0x99])
def test_a_failure_is_told_with_its_code_and_reset_away(code: int) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.firmware.failure = int(code)
        rig.firmware.resume()
        await rig.until(lambda: FaultCode.ACCEPTOR_FAILURE in rig.fault_codes)
        (fault,) = rig.report.faults
        assert f"{int(code):02X}" in fault.detail
        await rig.until_seen(AcceptanceOpened, 2, limit_s=30)
        assert rig.fault_codes == set()

    play(scenario)


def test_a_failure_that_stays_is_reset_only_now_and_then() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        heard = len(rig.cable.heard)
        rig.firmware.failure, rig.firmware.failure_stays = int(Failure.STACKER_MOTOR), True
        rig.firmware.resume()
        await asyncio.sleep(300)
        assert 5 <= rig.heard_requests(since=heard).count(RESET) <= 11
        assert FaultCode.ACCEPTOR_FAILURE in rig.fault_codes

    play(scenario)


def test_a_status_that_no_manual_has_is_a_fault_with_its_bytes() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()

        class Strange(int):
            name = "STRANGE"

        rig.firmware.status = Strange(0x5A)
        await rig.until(lambda: FaultCode.ACCEPTOR_FAILURE in rig.fault_codes)
        (fault,) = rig.report.faults
        assert "5A" in fault.detail
        await rig.until_seen(AcceptanceOpened, 2, limit_s=60)

    play(scenario)


@pytest.mark.parametrize("status", [Status.ACCEPTING, Status.STACKING, Status.RETURNING, Status.REJECTING])
def test_a_validator_that_stands_still_is_left_alone_for_thirty_seconds(status: Status) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        heard = len(rig.cable.heard)
        rig.firmware.show(status)
        await asyncio.sleep(29)
        assert RESET not in rig.heard_requests(since=heard)
        await rig.until(lambda: FaultCode.ACCEPTOR_STUCK in rig.fault_codes, limit_s=3)
        assert rig.heard_requests(since=heard).count(RESET) == 1
        await rig.until_seen(AcceptanceOpened, 2)
        assert rig.fault_codes == set()

    play(scenario)
