"""Whether a receipt exists: refusals, lost answers, other storages, and reading back what is in doubt."""

from __future__ import annotations

import asyncio

import pytest

from contracts.faults import FaultCode
from contracts.money import Money
from fiscal.register_port import NotRegistered, OutcomeUnknown, PrintState
from simulator.fiscal_register.machine import Trap
from simulator.line_faults import Direction, FaultKind
from terminal.devices.shtrih.link import LowLevel
from terminal.devices.shtrih.storage_commands import StorageRequests
from terminal.devices.shtrih.wire import Packet, encode_packet
from tests.drivers.shtrih_rig import PASSWORD, Rig, at_close, fault_of, play, receipt

BOTH = pytest.mark.parametrize("low_level", list(LowLevel))
CLOSE = StorageRequests(PASSWORD).close(receipt()).payload


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


def test_success_without_a_document_is_not_a_success() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.no_growth = True
        mark = await made.register.prepare()
        with pytest.raises(NotRegistered) as refused:
            await made.register.register(receipt(), mark)
        assert fault_of(refused) is FaultCode.REGISTER_FAILURE
        assert made.receipts == []

    play(scene)


@pytest.mark.parametrize("code", [0x33, 0x50, 0x58, 0x73])
def test_refused_close_that_formed_the_document_is_found(code: int) -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.refuse_formed = code
        mark = await made.register.prepare()
        document = await made.register.register(receipt(), mark)
        assert [each.number for each in made.receipts] == [document.number]

    play(scene)


def test_refused_close_that_forms_the_document_a_moment_later_is_found() -> None:
    """One look right after the refusal sees nothing; the second one does."""

    async def scene(made: Rig) -> None:
        made.device.machine.settings.refuse_formed = 0x33
        made.device.machine.settings.formed_late_s = 1.2
        mark = await made.register.prepare()
        document = await made.register.register(receipt(), mark)
        assert [each.number for each in made.receipts] == [document.number]

    play(scene)


def test_half_of_an_answer_to_close_is_unknown_until_read_back() -> None:
    async def scene(made: Rig) -> None:
        made.device.machine.settings.half_answer = True
        mark = await made.register.prepare()
        since = made.clock.now()
        with pytest.raises(OutcomeUnknown):
            await made.register.register(receipt(), mark)
        found = await made.register.find(receipt(), mark, since)
        assert [each.number for each in made.receipts] == [found.number if found else 0]

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
