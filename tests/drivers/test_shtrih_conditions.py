"""Paper, shifts and deadlines of the register: what stops a sale, and what is put right."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from contracts.faults import FaultCode
from contracts.money import Money
from fiscal.documents import FiscalDocument, StorageMark
from fiscal.register_port import FiscalError, NotRegistered, PrintState, ShiftState
from simulator.fiscal_register.device import START_S
from simulator.fiscal_register.printer import Submode
from terminal.devices.shtrih.link import LowLevel
from terminal.devices.shtrih.printing import MOST_UNSEEN_S
from tests.drivers.shtrih_rig import Rig, fault_of, play, receipt, with_rig
from tests.support.virtual_loop import run_virtually

BOTH = pytest.mark.parametrize("low_level", list(LowLevel))


@BOTH
def test_sale_from_a_closed_shift(low_level: LowLevel) -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        assert mark == StorageMark("9999078902001234", 2)
        document = await made.register.register(receipt(lines=["ЛИЦЕВОЙ СЧЁТ 5001234567"]), mark)
        assert (document.number, document.total) == (3, Money.rubles(1500))
        assert document.sign == made.receipts[0].sign
        assert await made.register.finish_printing() is PrintState.PRINTED
        for wanted in ("КАССОВЫЙ ЧЕК", "ПРИХОД", "НДС 22%", "=270.49", "ИТОГ", "5001234567", f"i=3&fp={document.sign}"):
            assert wanted in made.paper
        assert made.paper.index("ЛИЦЕВОЙ СЧЁТ") < made.paper.index("КАССОВЫЙ ЧЕК")
        assert await made.register.cash_in_drawer() == Money.rubles(1500)

    play(scene, low_level)


def test_paper_out_before_the_receipt_forms_nothing() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        await made.register.finish_printing()
        made.device.machine.printer.paper_out()
        with pytest.raises(NotRegistered) as refused:
            await made.register.register(receipt(), mark)
        assert fault_of(refused) is FaultCode.REGISTER_PAPER_OUT
        with pytest.raises(NotRegistered):
            await made.register.prepare()
        report = await made.register.survey()
        assert FaultCode.REGISTER_PAPER_OUT in {fault.code for fault in report.faults}
        made.device.machine.printer.paper_in()
        assert (await made.sell()).number == mark.last_document + 1

    play(scene)


async def _sold_with_too_little_paper(made: Rig) -> FiscalDocument:
    """The document is formed, and the paper ends in the middle of it."""
    await made.register.prepare()
    await made.register.finish_printing()
    made.device.machine.printer.paper_mm = 30.0
    document = await made.sell()
    assert await made.register.finish_printing() is PrintState.WAITING_FOR_PAPER
    return document


def test_paper_out_after_the_form_command_is_finished_when_it_is_back() -> None:
    async def scene(made: Rig) -> None:
        document = await _sold_with_too_little_paper(made)
        assert "САЙТ ФНС" not in made.paper.split("КАССОВЫЙ ЧЕК")[1]
        made.device.machine.printer.paper_in()
        assert made.device.machine.printer.submode is Submode.AWAITS_CONTINUE
        assert await made.register.finish_printing() is PrintState.PRINTED
        assert f"fp={document.sign}" in made.paper
        assert len(made.receipts) == 1

    play(scene)


def test_receipt_torn_by_a_power_cut_is_not_called_printed() -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        made.device.cut_power()
        made.restore_power_after(4.0)
        await asyncio.sleep(5.0)
        assert await made.register.finish_printing() is PrintState.FAILED
        assert "~~~" in made.paper

    play(scene)


def test_register_that_restarts_while_it_is_being_asked_is_not_believed() -> None:
    """It was last seen waiting for paper, and answers next, idle, after it has forgotten what it was to print."""

    async def scene(made: Rig) -> None:
        document = await _sold_with_too_little_paper(made)
        made.device.cut_power()
        made.device.machine.printer.paper_in()
        made.restore_power_after(MOST_UNSEEN_S + 0.2)
        await asyncio.sleep(MOST_UNSEEN_S - 0.6)
        assert await made.register.finish_printing() is PrintState.FAILED
        assert f"fp={document.sign}" not in made.paper

    play(scene)


def test_restart_right_after_the_closing_answer_is_not_believed() -> None:
    """It formed the receipt and said so, and was off and on again while its storage was being asked about it."""

    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        receipts = made.device.machine.storage.receipts

        async def cut_behind_the_answer() -> None:
            while made.device.machine.storage.receipts == receipts:
                await asyncio.sleep(0.01)
            made.device.cut_power()
            made.restore_power_after(0.1)

        cut = asyncio.create_task(cut_behind_the_answer())
        document = await made.register.register(receipt(), mark)
        await cut
        assert await made.register.finish_printing() is PrintState.FAILED
        assert f"fp={document.sign}" not in made.paper

    play(scene)


def test_slip_that_a_restart_has_swallowed_is_not_believed() -> None:
    async def scene(made: Rig) -> None:
        await made.register.prepare()
        await made.register.finish_printing()
        made.device.machine.printer.slow = 20.0
        asyncio.get_running_loop().call_later(1.0, made.device.cut_power)
        made.restore_power_after(1.1)
        with pytest.raises(FiscalError):
            await made.register.print_slip(["СТРОКА"] * 20 + ["КОНЕЦ"], "t=1")
        assert "КОНЕЦ" not in made.paper
        await asyncio.sleep(START_S)
        await made.register.print_slip(["СТРОКА"] * 2 + ["КОНЕЦ"], "t=1")
        assert "КОНЕЦ" in made.paper

    play(scene)


@pytest.mark.parametrize("driver_restarts", [False, True])
def test_slip_that_goes_on_after_the_end_of_the_paper_is_not_the_receipt(driver_restarts: bool) -> None:
    """The power goes before the receipt is out, and the paper ends while a slip is printed."""

    async def scene(made: Rig) -> None:
        printer = made.device.machine.printer
        printer.slow = 20.0
        await made.sell()
        made.device.cut_power()
        made.restore_power_after(1.0)
        await asyncio.sleep(1.0 + START_S)
        asyncio.get_running_loop().call_later(1.0, printer.paper_out)
        with pytest.raises(FiscalError):
            await made.register.print_slip(["СТРОКА"] * 20 + ["КОНЕЦ"])
        if driver_restarts:
            await made.restart_driver()
        printer.paper_in()
        assert await made.register.finish_printing() is PrintState.FAILED
        assert "КОНЕЦ" in made.paper

    play(scene)


def test_driver_that_restarted_does_not_vouch_for_paper() -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        await made.register.finish_printing()
        await made.restart_driver()
        assert await made.register.finish_printing() is PrintState.FAILED

    play(scene)


def test_shift_over_24_hours_is_closed_and_another_opened() -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        await asyncio.sleep(timedelta(hours=25).total_seconds())
        report = await made.register.survey()
        assert report.shift is not None
        assert report.shift.state is ShiftState.OVERDUE
        assert FaultCode.REGISTER_SHIFT_OVER_24H in {fault.code for fault in report.faults}
        document = await made.sell()
        assert document.number == 6  # after the receipt: shift closed, shift opened
        report = await made.register.survey()
        assert report.shift is not None
        assert (report.shift.number, report.shift.state, report.shift.receipts) == (2, ShiftState.OPEN, 1)

    run_virtually(with_rig(scene), limit_s=30 * 3600.0)


def test_shift_that_runs_out_during_a_sale_forms_nothing() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        opened = made.device.machine.storage.shift_opened_at
        assert opened is not None
        made.device.machine.storage.shift_opened_at = opened - timedelta(hours=24)
        with pytest.raises(NotRegistered) as refused:
            await made.register.register(receipt(), mark)
        assert fault_of(refused) is FaultCode.REGISTER_SHIFT_OVER_24H
        assert (await made.sell()).number == mark.last_document + 3

    play(scene)


def test_documents_unsent_for_30_days_block() -> None:
    async def scene(made: Rig) -> None:
        machine = made.device.machine
        machine.ofd_up = False
        await made.sell()
        machine.storage.unsent_age = timedelta(days=2)
        report = await made.register.survey()
        assert report.exchange is not None
        assert report.exchange.unsent == 3
        assert FaultCode.OFD_UNSENT_OLD in {fault.code for fault in report.faults}
        machine.storage.unsent_age = timedelta(days=31)
        with pytest.raises(NotRegistered) as refused:
            await made.register.prepare()
        assert fault_of(refused) is FaultCode.OFD_BLOCKED
        machine.ofd_up = True
        assert (await made.sell()).number == 4

    play(scene)


def test_expired_storage_blocks() -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        machine = made.device.machine
        machine.storage.expires = machine.clock.now().date() - timedelta(days=1)
        with pytest.raises(NotRegistered) as refused:
            await made.register.prepare()
        assert fault_of(refused) is FaultCode.STORAGE_EXPIRED
        report = await made.register.survey()
        assert FaultCode.STORAGE_EXPIRED in {fault.code for fault in report.faults}

    play(scene)


def test_reports_and_the_end_of_the_shift() -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        await made.register.print_x_report()
        assert "БЕЗ ГАШЕНИЯ" in made.paper
        report = await made.register.close_shift()
        assert (report.number, report.document) == (1, 4)
        with pytest.raises(NotRegistered) as refused:
            await made.register.close_shift()
        assert fault_of(refused) is FaultCode.REGISTER_WRONG_MODE

    play(scene)


def test_survey_tells_who_the_register_is() -> None:
    async def scene(made: Rig) -> None:
        report = await made.register.survey()
        assert (report.model, report.serial) == ("ШТРИХ-КИОСК-ЭМУЛЯТОР", "0000000000017421")
        assert report.storage == "9999078902001234"
        assert report.faults == frozenset()
        made.device.machine.printer.paper_nearly_out()
        made.device.machine.printer.move_cover(open_=True)
        found = {fault.code for fault in (await made.register.survey()).faults}
        assert {FaultCode.REGISTER_COVER_OPEN, FaultCode.REGISTER_PAPER_OUT} <= found

    play(scene)
