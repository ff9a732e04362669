"""Cassette, jams, failures, silence, noise, tables and lines: what a technician meets."""

from __future__ import annotations

import asyncio

import pytest

from contracts.faults import FaultCode
from contracts.money import Money
from simulator.line_faults import FaultKind
from terminal.devices.ccnet.wire import Failure, Status
from terminal.ports.bill_acceptor import (
    AcceptanceClosed,
    AcceptanceOpened,
    CassetteInserted,
    CassetteRemoved,
    Found,
    Identified,
    NoteInEscrow,
    NoteLost,
    NoteRejected,
    NoteStacked,
    Situation,
)
from terminal.ports.device import DeviceState
from tests.drivers.ccnet_rig import Rig, leave, play

RESET = b"\x30"


def _codes(rig: Rig) -> set[FaultCode]:
    return {fault.code for fault in rig.report.faults}


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
        await rig.until(lambda: _codes(rig) == {FaultCode.ACCEPTOR_CASSETTE_OUT})
        assert rig.report.state is DeviceState.FAULTY
        await asyncio.sleep(120)
        await _put_in(rig)
        await rig.until_seen(AcceptanceOpened, 2)
        assert len(rig.of(CassetteRemoved)) == len(rig.of(CassetteInserted)) == 1
        assert _codes(rig) == set()
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
        await rig.until(lambda: _codes(rig) == {FaultCode.ACCEPTOR_CASSETTE_FULL})
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
        await rig.until(lambda: expected in _codes(rig))
        await asyncio.sleep(100)
        places = rig.device.places
        into = {"removed": places.removed, "returned": places.pocket, "stacked": places.cassette}[goes]
        rig.device.mechanism.clear_jam(into)
        rig.firmware.flash.recoverable = None
        rig.firmware.initialise()
        await rig.until(lambda: rig.firmware.status is Status.IDLING)
        await rig.until(lambda: _codes(rig) == set())
        assert len(rig.of(NoteLost)) == (1 if position in ("stacking", "passed") else 0)
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
        await rig.until(lambda: FaultCode.ACCEPTOR_CHEATED in _codes(rig))
        await rig.until(lambda: _codes(rig) == set())
        rig.firmware.show(Status.PAUSE)
        await rig.until(lambda: FaultCode.ACCEPTOR_PAUSED in _codes(rig))
        rig.firmware.resume()
        await rig.until(lambda: _codes(rig) == set())
        rig.firmware.show(Status.PAUSE)
        await rig.until_seen(AcceptanceOpened, 2, limit_s=60)

    play(scenario)


@pytest.mark.parametrize("code", [*Failure, 0x99])
def test_a_failure_is_told_with_its_code_and_reset_away(code: int) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.firmware.failure = int(code)
        rig.firmware.resume()
        await rig.until(lambda: FaultCode.ACCEPTOR_FAILURE in _codes(rig))
        (fault,) = rig.report.faults
        assert f"{int(code):02X}" in fault.detail
        await rig.until_seen(AcceptanceOpened, 2, limit_s=30)
        assert _codes(rig) == set()

    play(scenario)


def test_a_failure_that_stays_is_reset_only_now_and_then() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        heard = len(rig.cable.heard)
        rig.firmware.failure, rig.firmware.failure_stays = int(Failure.STACKER_MOTOR), True
        rig.firmware.resume()
        await asyncio.sleep(300)
        assert 5 <= rig.heard_requests(since=heard).count(RESET) <= 11
        assert FaultCode.ACCEPTOR_FAILURE in _codes(rig)

    play(scenario)


def test_a_status_that_no_manual_has_is_a_fault_with_its_bytes() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()

        class Strange(int):
            name = "STRANGE"

        rig.firmware.status = Strange(0x5A)
        await rig.until(lambda: FaultCode.ACCEPTOR_FAILURE in _codes(rig))
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
        await rig.until(lambda: FaultCode.ACCEPTOR_STUCK in _codes(rig), limit_s=3)
        assert rig.heard_requests(since=heard).count(RESET) == 1
        await rig.until_seen(AcceptanceOpened, 2)
        assert _codes(rig) == set()

    play(scenario)


@pytest.mark.parametrize(("status", "at_least_s"), [(Status.IDLING, 5), (Status.STACKING, 30)])
def test_silence_is_a_fault_after_five_seconds_and_reset_no_more_than_every_ten(
    status: Status, at_least_s: int
) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.firmware.show(status)
        await asyncio.sleep(1)
        heard = len(rig.cable.heard)
        rig.device.cut_power()
        await asyncio.sleep(4)
        assert _codes(rig) == set()
        await asyncio.sleep(1.5)
        assert _codes(rig) == {FaultCode.ACCEPTOR_SILENT}
        assert rig.report.state is DeviceState.OFFLINE
        await asyncio.sleep(at_least_s - 6.5)
        assert RESET not in rig.heard_requests(since=heard) or at_least_s == 5
        await asyncio.sleep(100)
        assert 7 <= rig.heard_requests(since=heard).count(RESET) <= 11
        rig.device.power_on()
        await rig.until(lambda: rig.report.state is DeviceState.READY)
        assert rig.of(Situation)[-1] == Situation(Found.POWERED_UP)

    play(scenario)


def test_a_pulled_cable_is_noticed_at_once_and_found_again() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.faulty.unplug()
        await rig.until(lambda: _codes(rig) == {FaultCode.ACCEPTOR_SILENT}, limit_s=1)
        await asyncio.sleep(60)
        rig.faulty.plug()
        await rig.until(lambda: _codes(rig) == set(), limit_s=10)
        assert rig.of(Situation)[-1] == Situation(Found.NOTHING)
        assert len(rig.of(Identified)) == 1
        await rig.until_seen(Identified, 2)
        await rig.until_seen(AcceptanceOpened, 2)
        await rig.insert(100)
        await rig.until_seen(NoteStacked)

    play(scenario)


def test_a_cable_pulled_after_the_order_to_stack() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until(lambda: rig.firmware.status is Status.STACKING)
        rig.faulty.unplug()
        await asyncio.sleep(10)
        rig.faulty.plug()
        await rig.until_seen(NoteStacked)
        assert rig.of(Situation)[-1] == Situation(Found.NOTE_MOVING)
        rig.assert_every_note_is_accounted_for()

    play(scenario)


def test_a_noisy_line_is_told_until_it_is_quiet() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.faults.set_rate(FaultKind.CORRUPT, 0.05)
        await rig.until(lambda: FaultCode.ACCEPTOR_LINE_NOISE in _codes(rig))
        rig.faults.rates.clear()
        await rig.until(lambda: _codes(rig) == set())

    play(scenario)


def test_a_table_with_coins_and_gaps_gives_banknotes_only() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.set("table", "coins")
        await rig.open()
        assert {note.code for note in rig.of(Identified)[0].notes} == {2, 3, 4, 5, 6, 7, 12, 13}

    async def with_gaps(rig: Rig) -> None:
        rig.device.modes.set("table", "gaps")
        await rig.open()
        assert {(note.code, note.value, note.currency) for note in rig.of(Identified)[0].notes} == {
            (0, Money.rubles(50), "RUR"), (9, Money.rubles(100), "RUR"), (22, Money.rubles(5000), "RUR"),
        }
        await rig.insert(5000)
        await rig.until_seen(NoteStacked)
        assert rig.credited == rig.in_cassettes == Money.rubles(5000)

    play(scenario)
    play(with_gaps)


@pytest.mark.parametrize("table", ["foreign", "empty"])
def test_a_table_without_rubles_takes_nothing(table: str) -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.set("table", table)
        rig.acceptor.accept(frozenset({Money.rubles(100)}))
        await rig.until_seen(Identified)
        await rig.until(lambda: _codes(rig) == {FaultCode.ACCEPTOR_FOREIGN_TABLE})
        await asyncio.sleep(10)
        assert rig.firmware.status is Status.DISABLED
        assert rig.of(AcceptanceOpened) == []

    play(scenario)


def test_dollars_beside_rubles_are_not_taken() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.set("table", "mixed")
        await rig.open()
        assert rig.firmware.enabled == {4, 5}

    play(scenario)


def test_an_echoing_line_is_seen_through() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.set("echo", "on")
        await rig.open()
        for count in (1, 2):
            await rig.insert(100)
            await rig.until_seen(NoteStacked, count)
        rig.device.modes.set("echo", "off")
        await asyncio.sleep(5)
        await rig.insert(100)
        await rig.until_seen(NoteStacked, 3)
        assert _codes(rig) == set()
        rig.assert_every_note_is_accounted_for()

    play(scenario)


def test_a_loopback_plug_is_no_validator() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.echo = True
        rig.device.modes.mute = 10**6
        await asyncio.sleep(20)
        assert _codes(rig) == {FaultCode.ACCEPTOR_SILENT}
        assert rig.money_events == []

    play(scenario)


def test_an_identification_of_33_bytes_and_a_refused_one_that_comes_later() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.identification_bytes = 33
        rig.device.modes.illegal_all = 3
        await rig.open()
        assert rig.of(Identified)[0].identity.serial == "21K123456789"

    play(scenario)


def test_a_note_without_escrow_is_credited_all_the_same() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.ignore_escrow_mask = True
        await rig.open()
        for count in (1, 2):
            await rig.insert(100)
            await rig.until_seen(NoteStacked, count)
        assert rig.of(NoteInEscrow) == []
        rig.assert_every_note_is_accounted_for()

    play(scenario)


def test_a_note_of_no_known_value_is_rejected_by_the_validator() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(77)
        await rig.until_seen(NoteRejected)
        rig.assert_every_note_is_accounted_for()

    play(scenario, decision=leave)
