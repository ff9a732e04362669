"""The register's clock: given when it asks, put right in small steps, and never given a wrong day."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from contracts.faults import FaultCode
from fiscal.register_port import NotRegistered
from simulator.fiscal_register.storage import DocumentKind
from tests.drivers.shtrih_rig import Rig, fault_of, play


def test_cold_start_waits_for_the_date_and_gets_it() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.cold_start = True
        made.device.cut_power()
        made.restore_power_after(1.0)
        await asyncio.sleep(2.0)
        report = await made.register.survey()
        assert FaultCode.REGISTER_CLOCK in {fault.code for fault in report.faults}
        assert (await made.sell()).number == 3

    play(scene)


def test_cold_start_stops_neither_slips_nor_reports() -> None:
    """Whoever is owed a copy of a receipt gets it, also when nobody pays after the power cut."""

    async def scene(made: Rig) -> None:
        await made.sell()
        made.device.machine.settings.cold_start = True
        for name in ("slip", "report", "shift"):
            made.device.cut_power()
            made.restore_power_after(1.0)
            await asyncio.sleep(2.0)
            assert made.device.machine.memory.wait_for_date, name
            match name:
                case "slip":
                    await made.register.print_slip(["КОПИЯ"])
                case "report":
                    await made.register.print_x_report()
                case _:
                    assert (await made.register.close_shift()).document == 4
        assert "КОПИЯ" in made.paper

    play(scene)


def test_cold_start_beside_a_host_that_is_a_day_ahead_keeps_the_registers_date() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.cold_start = True
        made.clock.set_back(-timedelta(days=1).total_seconds())
        made.device.machine.clock.error -= timedelta(days=1)
        before = made.device.machine.clock.now()
        made.device.cut_power()
        made.restore_power_after(1.0)
        await asyncio.sleep(2.0)
        with pytest.raises(NotRegistered) as refused:
            await made.sell()
        assert fault_of(refused) is FaultCode.REGISTER_CLOCK
        assert made.device.machine.clock.now() - before < timedelta(minutes=5)

    play(scene)


def test_cold_start_before_the_last_document_is_not_given_tomorrow_s_date() -> None:
    """The register stands six minutes before its storage's last document, and the computer a day ahead: a document of
    tomorrow would bar the storage until then."""

    async def scene(made: Rig) -> None:
        machine = made.device.machine
        machine.clock.error += timedelta(minutes=2)
        await made.sell()
        last = machine.storage.documents[-1].at
        machine.settings.cold_start = True
        made.clock.set_back(-timedelta(days=1).total_seconds())
        machine.clock.error -= timedelta(days=1, minutes=8)
        made.device.cut_power()
        made.restore_power_after(1.0)
        await asyncio.sleep(2.0)
        with pytest.raises(NotRegistered) as refused:
            await made.sell()
        assert fault_of(refused) is FaultCode.REGISTER_CLOCK
        assert machine.clock.now() - last < timedelta(minutes=5)

    play(scene)


def test_clock_that_is_behind_is_set_between_shifts() -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        await asyncio.sleep(1200.0)
        made.device.machine.clock.error -= timedelta(minutes=7)
        document = await made.sell()
        assert abs(document.at - made.clock.now().replace(tzinfo=None)) < timedelta(minutes=1, seconds=30)
        assert document.number == 6

    play(scene)


def test_clock_that_is_ahead_waits_until_time_has_caught_up() -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        made.device.machine.clock.error += timedelta(minutes=7)
        with pytest.raises(NotRegistered) as refused:
            await made.register.prepare()
        assert fault_of(refused) is FaultCode.REGISTER_CLOCK
        await asyncio.sleep(480.0)
        assert (await made.sell()).number == 6

    play(scene)


def test_clock_is_never_set_before_the_last_document() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.clock.error += timedelta(hours=2)
        made.device.machine.storage.begin(DocumentKind.SHIFT_OPEN, made.device.machine.clock.now())
        made.device.machine.storage.form(made.device.machine.clock.now())
        with pytest.raises(NotRegistered) as refused:
            await made.register.prepare()
        assert fault_of(refused) is FaultCode.REGISTER_CLOCK
        assert made.device.machine.clock.error == timedelta(hours=2)

    play(scene)
