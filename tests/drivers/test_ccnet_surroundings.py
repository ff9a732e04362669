"""Silence, cables, noise, echo and odd bill tables: what stands between the driver and a validator."""

from __future__ import annotations

import asyncio

import pytest

from contracts.faults import FaultCode
from contracts.money import Money
from simulator.line_faults import FaultKind
from terminal.devices.ccnet.wire import Status
from terminal.ports.bill_acceptor import (
    AcceptanceClosed,
    AcceptanceOpened,
    Found,
    Identified,
    NoteInEscrow,
    NoteRejected,
    NoteStacked,
    Situation,
)
from terminal.ports.device import DeviceState
from tests.drivers.ccnet_rig import Rig, leave, play

RESET = b"\x30"


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
        assert rig.fault_codes == set()
        await asyncio.sleep(1.5)
        assert rig.fault_codes == {FaultCode.ACCEPTOR_SILENT}
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
        await rig.until(lambda: rig.fault_codes == {FaultCode.ACCEPTOR_SILENT}, limit_s=1)
        await asyncio.sleep(60)
        rig.faulty.plug()
        await rig.until(lambda: rig.fault_codes == set(), limit_s=10)
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
        await rig.until(lambda: FaultCode.ACCEPTOR_LINE_NOISE in rig.fault_codes)
        rig.faults.rates.clear()
        await rig.until(lambda: rig.fault_codes == set())

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
        await rig.until(lambda: rig.fault_codes == {FaultCode.ACCEPTOR_FOREIGN_TABLE})
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
        assert rig.fault_codes == set()
        rig.assert_every_note_is_accounted_for()

    play(scenario)


def test_a_loopback_plug_is_no_validator() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.echo = True
        rig.device.modes.mute = 10**6
        await asyncio.sleep(20)
        assert rig.fault_codes == {FaultCode.ACCEPTOR_SILENT}
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


def test_a_note_that_is_taken_while_the_slot_is_closed_is_told() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.acceptor.accept(frozenset())
        await rig.until_seen(AcceptanceClosed)
        rig.firmware.swallow(100)
        await rig.until_seen(NoteStacked)
        await asyncio.sleep(5)
        assert [each.note.value.kopecks for each in rig.of(NoteStacked)] == [100_00]
        rig.assert_every_note_is_accounted_for()

    play(scenario)


def test_a_note_of_no_known_value_is_rejected_by_the_validator() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(77)
        await rig.until_seen(NoteRejected)
        rig.assert_every_note_is_accounted_for()

    play(scenario, decision=leave)
