"""The Shtrih-M driver against the emulated register: sales, slips, reports, turns."""

from __future__ import annotations

import pytest

from contracts.faults import FaultCode
from fiscal.register_port import FiscalError
from tests.drivers.shtrih_rig import Rig, fault_of, play


def test_short_answers_take_the_time_from_the_storage() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.extended_answers = False
        document = await made.sell()
        assert document.at == made.receipts[0].at

    play(scene)


def test_stray_byte_after_the_last_acknowledgement_is_nothing() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.stray_byte = True
        assert (await made.sell()).number == 3
        assert (await made.sell()).number == 4
        assert made.register._link.opened == 1

    play(scene)


@pytest.mark.parametrize(("lines", "qr"), [(["ш" * 65], ""), (["ок"], "x" * 449)])
def test_slip_that_cannot_be_made_is_a_fault(lines: list[str], qr: str) -> None:
    async def scene(made: Rig) -> None:
        with pytest.raises(FiscalError):
            await made.register.print_slip(lines, qr)
        assert made.paper == ""

    play(scene)


def test_a_slip_left_open_by_a_process_that_died_stops_neither_slips_nor_receipts() -> None:
    async def scene(made: Rig) -> None:
        memory = made.device.machine.memory
        await made.sell()
        memory.slip_open = True
        await made.register.print_slip(["КОПИЯ"])
        assert "КОПИЯ" in made.paper
        memory.slip_open = True
        assert (await made.sell()).number == 4
        memory.slip_open = True
        assert (await made.register.close_shift()).document == 5

    play(scene)


@pytest.mark.parametrize("slips", [True, False])
def test_slip_with_a_code(slips: bool) -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.slips = slips
        await made.register.print_slip(["ПОКАЗАНИЯ ПРИНЯТЫ", "", "T1 12345"], "https://example.ru/a")
        assert "ПОКАЗАНИЯ ПРИНЯТЫ" in made.paper
        assert "[QR https://example.ru/a]" in made.paper
        assert made.paper.rstrip().endswith("-")
        made.device.machine.printer.paper_out()
        with pytest.raises(FiscalError) as refused:
            await made.register.print_slip(["ещё"])
        assert fault_of(refused) is FaultCode.REGISTER_PAPER_OUT

    play(scene)


def test_wrong_password_is_a_failure_in_words() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.password = 12345678
        report = await made.register.survey()
        (fault,) = report.faults
        assert fault.code is FaultCode.REGISTER_FAILURE
        assert "неверный пароль" in fault.detail

    play(scene)
