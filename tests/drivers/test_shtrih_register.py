"""The Shtrih-M driver against the emulated register: sales, paper, shifts, clocks, replacements, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from contracts.faults import FaultCode
from contracts.money import Money
from fiscal.documents import StorageMark
from fiscal.register_port import FiscalError, NotRegistered, OutcomeUnknown, PrintState, ShiftState
from simulator.fiscal_register.machine import Trap
from simulator.fiscal_register.printer import Submode
from simulator.fiscal_register.storage import DocumentKind
from simulator.line_faults import Direction, FaultKind
from terminal.devices.shtrih.commands import Command
from terminal.devices.shtrih.link import LowLevel
from terminal.devices.shtrih.storage_commands import StorageRequests
from terminal.devices.shtrih.wire import Packet, encode_packet
from tests.drivers.shtrih_rig import PASSWORD, Rig, receipt, rig
from tests.support.virtual_loop import run_virtually

Play = Callable[[Rig], Awaitable[None]]
BOTH = pytest.mark.parametrize("low_level", list(LowLevel))
CLOSE = StorageRequests(PASSWORD).close(receipt()).payload


def play(scene: Play, low_level: LowLevel = LowLevel.STANDARD) -> None:
    async def main() -> None:
        async with rig(low_level) as made:
            await scene(made)

    run_virtually(main())


def fault_of(error: pytest.ExceptionInfo[FiscalError]) -> FaultCode:
    return error.value.fault.code


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


@BOTH
def test_silence_after_the_request_is_unknown_and_sent_once(low_level: LowLevel) -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        sold, since = receipt(), made.clock.now()
        made.device.machine.trap = Trap.AFTER_FORM
        with pytest.raises(OutcomeUnknown) as unknown:
            await made.register.register(sold, mark)
        assert fault_of(unknown) is FaultCode.RECEIPT_UNKNOWN
        assert made.cable.heard.count(CLOSE) == 1
        with pytest.raises(OutcomeUnknown):
            await made.register.find(sold, mark, since)
        made.device.power_on()
        found = await made.register.find(sold, mark, since)
        assert found is not None
        assert found.number == made.receipts[0].number
        assert made.cable.heard.count(CLOSE) == 1
        assert await made.register.finish_printing() is PrintState.FAILED

    play(scene, low_level)


def at_close(made: Rig, arrange: Callable[[], None]) -> None:
    """Do something just before the driver sends the closing command."""
    session = made.register._session
    once = session.once

    async def watched(command: Command) -> bytes:
        if command.name == "close":
            arrange()
        return await once(command)

    session.once = watched  # type: ignore[method-assign]


@pytest.mark.parametrize("byte", [2, 3, 10])
def test_lost_acknowledgement_or_answer_is_fetched_not_repeated(byte: int) -> None:
    """The register has the request; its ACK (byte 2) or a byte of the answer is lost. The frame goes once."""

    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        at_close(made, lambda: made.faults.arm(FaultKind.LOSE, Direction.OUT, byte))
        document = await made.register.register(receipt(), mark)
        assert document.number == made.receipts[0].number
        assert made.cable.heard.count(CLOSE) == 1

    play(scene)


def lose_answer(made: Rig) -> None:
    for nth in range(1, 20):
        made.faults.arm(FaultKind.LOSE, Direction.OUT, nth)


def test_request_refused_as_damaged_is_sent_again() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        at_close(made, lambda: made.faults.arm(FaultKind.CORRUPT, Direction.IN, 20))
        document = await made.register.register(receipt(), mark)
        assert [each.number for each in made.receipts] == [document.number]
        assert made.cable.heard.count(CLOSE) == 2

    play(scene)


def test_numbered_packet_is_repeated_with_its_number() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        await made.register.cash_in_drawer()
        made.cable.heard.clear()
        at_close(made, lambda: lose_answer(made))
        document = await made.register.register(receipt(), mark)
        assert [each.number for each in made.receipts] == [document.number]
        assert bytes(made.cable.heard).count(encode_packet(Packet(None))) >= 1

    play(scene, LowLevel.NUMBERED)


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


def test_paper_out_after_the_form_command_is_finished_when_it_is_back() -> None:
    async def scene(made: Rig) -> None:
        await made.register.prepare()
        await made.register.finish_printing()
        made.device.machine.printer.paper_mm = 30.0
        document = await made.sell()
        assert await made.register.finish_printing() is PrintState.WAITING_FOR_PAPER
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

    run_virtually(_with_rig(scene), limit_s=30 * 3600.0)


async def _with_rig(scene: Play) -> None:
    async with rig() as made:
        await scene(made)


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


def test_another_storage_stops_everything() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        sold, since = receipt(), made.clock.now()
        made.device.machine.storage.number = "9999078902009999"
        with pytest.raises(NotRegistered) as refused:
            await made.register.register(sold, mark)
        assert fault_of(refused) is FaultCode.REGISTER_REPLACED
        with pytest.raises(OutcomeUnknown) as unknown:
            await made.register.find(sold, mark, since)
        assert fault_of(unknown) is FaultCode.REGISTER_REPLACED
        assert made.receipts == []

    play(scene)


def test_mark_that_is_not_the_last_forms_nothing() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        await made.register.register(receipt(), mark)
        with pytest.raises(NotRegistered):
            await made.register.register(receipt(), mark)
        assert len(made.receipts) == 1

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


def test_success_without_a_document_is_not_a_success() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.no_growth = True
        mark = await made.register.prepare()
        with pytest.raises(NotRegistered) as refused:
            await made.register.register(receipt(), mark)
        assert fault_of(refused) is FaultCode.REGISTER_FAILURE
        assert made.receipts == []

    play(scene)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (0x45, FaultCode.REGISTER_FAILURE),
        (0x6B, FaultCode.REGISTER_PAPER_OUT),
        (0x58, FaultCode.REGISTER_WRONG_MODE),
        (0x14, FaultCode.OFD_BLOCKED),
    ],
)
def test_refused_close_is_cancelled_and_certain(code: int, fault: FaultCode) -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.refuse = code
        mark = await made.register.prepare()
        with pytest.raises(NotRegistered) as refused:
            await made.register.register(receipt(), mark)
        assert fault_of(refused) is fault
        assert made.device.machine.memory.receipt is None
        assert (await made.sell()).number == 3

    play(scene)


def test_storage_that_does_not_answer_leaves_the_outcome_unknown() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        since = made.clock.now()
        made.device.machine.settings.storage_silent = True
        with pytest.raises(OutcomeUnknown) as unknown:
            await made.register.find(receipt(), mark, since)
        assert fault_of(unknown) is FaultCode.STORAGE_FAILURE
        report = await made.register.survey()
        assert FaultCode.STORAGE_FAILURE in {found.code for found in report.faults}
        assert report.storage == ""

    play(scene)


def test_receipt_of_the_same_sum_for_another_account_is_not_ours() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        since = made.clock.now()
        await made.register.register(receipt(account="5009999999"), mark)
        with pytest.raises(OutcomeUnknown):
            await made.register.find(receipt(account="5001234567"), mark, since)
        assert await made.register.find(receipt(rubles=20), mark, since) is None
        found = await made.register.find(receipt(account="5009999999"), mark, since)
        assert found is not None

    play(scene)


def test_open_receipt_of_a_dead_process_is_cancelled() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        session = made.register._session
        await made.register.finish_printing()
        await session.do(session.requests.open_receipt(0))
        await made.restart_driver()
        assert await made.register.find(receipt(), mark, made.clock.now()) is None
        assert made.device.machine.memory.receipt is None

    play(scene)


def test_reading_that_was_left_in_the_middle_is_ended() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        since, session = made.clock.now(), made.register._session
        document = await made.register.register(receipt(), mark)
        await made.register.finish_printing()
        await session.once(session.storage.read_document(document.number))
        await made.restart_driver()
        assert made.device.machine.mode == 1
        assert await made.register.find(receipt(), mark, since) == document
        session = made.register._session
        await session.once(session.storage.read_document(document.number))
        assert (await made.register.survey()).faults == frozenset()
        await session.once(session.storage.read_document(document.number))
        assert (await made.sell()).number == document.number + 1

    play(scene)


@pytest.mark.parametrize(("lines", "qr"), [(["ш" * 65], ""), (["ок"], "x" * 449)])
def test_slip_that_cannot_be_made_is_a_fault(lines: list[str], qr: str) -> None:
    async def scene(made: Rig) -> None:
        with pytest.raises(FiscalError):
            await made.register.print_slip(lines, qr)
        assert made.paper == ""

    play(scene)


def test_receipt_that_cannot_be_made_is_certainly_none() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        with pytest.raises(NotRegistered):
            await made.register.register(receipt(account="5" * 200), mark)
        assert made.device.machine.memory.receipt is None

    play(scene)


def test_two_callers_take_turns() -> None:
    async def scene(made: Rig) -> None:
        mark = await made.register.prepare()
        document, report, drawer = await asyncio.gather(
            made.register.register(receipt(), mark), made.register.survey(), made.register.cash_in_drawer()
        )
        assert report.last_document == document.number
        assert drawer == Money.rubles(1500)

    play(scene)


def test_unplugged_cable_is_silence_and_plugged_again_is_not() -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        made.cable.unplug()
        report = await made.register.survey()
        assert {fault.code for fault in report.faults} == {FaultCode.REGISTER_SILENT}
        with pytest.raises(NotRegistered):
            await made.register.prepare()
        made.cable.plug()
        assert (await made.sell()).number == 4

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


@pytest.mark.parametrize(("trap", "closed"), [(Trap.BEFORE_FORM, False), (Trap.AFTER_FORM, True)])
def test_power_cut_while_the_shift_closes_is_read_back(trap: Trap, closed: bool) -> None:
    async def scene(made: Rig) -> None:
        await made.sell()
        await made.register.finish_printing()
        made.device.machine.trap = trap
        made.restore_power_after(4.0)
        if closed:
            assert (await made.register.close_shift()).document == 4
        else:
            with pytest.raises(NotRegistered):
                await made.register.close_shift()
        assert (made.device.machine.storage.shift_opened_at is None) is closed

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


def test_wrong_password_is_a_failure_in_words() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.password = 12345678
        report = await made.register.survey()
        (fault,) = report.faults
        assert fault.code is FaultCode.REGISTER_FAILURE
        assert "неверный пароль" in fault.detail

    play(scene)
