"""The CCNET driver at its everyday work: start, take, return, reject, hold, close."""

from __future__ import annotations

import asyncio

import pytest

from contracts.faults import FaultCode
from contracts.money import Money
from terminal.devices.ccnet.wire import Reject, Status, encode_frame
from terminal.ports.bill_acceptor import (
    AcceptanceClosed,
    AcceptanceOpened,
    Found,
    Identified,
    NoteArriving,
    NoteInEscrow,
    NoteLost,
    NoteRejected,
    NoteReturned,
    NoteStacked,
    Observation,
    RejectReason,
    Situation,
)
from terminal.ports.device import DeviceState
from tests.drivers.ccnet_rig import ALL_VALUES, REMEMBERED, Rig, give_back, leave, play

RESET = b"\x30"
POLL = b"\x33"
STACK = b"\x35"
ACK = b"\x00"
HUNDRED = REMEMBERED[2]


def test_it_looks_first_then_tells_and_only_then_resets() -> None:
    async def scenario(rig: Rig) -> None:
        heard_at_situation: list[list[bytes]] = []

        async def on_each(each: Observation) -> None:
            if isinstance(each, Situation):
                await asyncio.sleep(1.0)
                heard_at_situation.append(rig.heard_requests())

        rig.before_next = on_each
        await rig.open()
        assert heard_at_situation == [[POLL, ACK]]
        assert rig.of(Situation) == [Situation(Found.POWERED_UP)]
        assert RESET in rig.heard_requests()
        kinds = [type(each) for each in rig.money_events]
        assert kinds == [Situation, Identified, AcceptanceOpened]
        identified = rig.of(Identified)[0]
        assert identified.identity.model == "SM-RU1353"
        assert identified.identity.serial == "21K123456789"
        assert {note.value for note in identified.notes} == ALL_VALUES
        assert len(identified.table_digest) == 64
        assert rig.of(AcceptanceOpened) == [AcceptanceOpened(ALL_VALUES)]
        await rig.until(lambda: rig.report.state is DeviceState.READY)
        assert rig.report.faults == frozenset()

    play(scenario)


def test_a_note_is_taken_and_credited_once() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        start = len(rig.money_events)
        await rig.insert(100)
        await rig.until_seen(NoteStacked)
        await rig.until(lambda: rig.firmware.event is None)
        assert rig.money_events[start:] == [NoteArriving(), NoteInEscrow(HUNDRED), NoteStacked(HUNDRED)]
        assert rig.credited == rig.in_cassettes == Money.rubles(100)
        assert rig.heard_requests().count(STACK) == 1
        rig.assert_every_note_is_accounted_for()

    play(scenario)


def test_equal_notes_in_a_row_are_all_credited() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        for _ in range(3):
            await rig.insert(5000)
        await rig.until_seen(NoteStacked, 3)
        await asyncio.sleep(5)
        assert rig.credited == rig.in_cassettes == Money.rubles(15000)

    play(scenario)


def test_the_credit_is_observed_at_once_and_confirmed_after_the_consumer_has_written_it_down() -> None:
    async def scenario(rig: Rig) -> None:
        acknowledged_too_early: list[bytes] = []

        async def write_to_disk(each: Observation) -> None:
            if isinstance(each, NoteStacked):
                heard = len(rig.cable.heard)
                await asyncio.sleep(0.5)
                acknowledged_too_early.extend(rig.heard_requests(since=heard))
                assert rig.firmware.event is not None

        rig.before_next = write_to_disk
        await rig.open()
        await rig.insert(100)
        stacked_frame = encode_frame(b"\x81\x04")
        await rig.until(lambda: stacked_frame in rig.cable.said)
        said_at = asyncio.get_running_loop().time()
        await rig.until_seen(NoteStacked)
        assert rig.seen_at[rig.seen.index(NoteStacked(HUNDRED))] <= said_at
        await rig.until(lambda: rig.firmware.event is None)
        assert acknowledged_too_early == []
        await asyncio.sleep(5)
        assert len(rig.of(NoteStacked)) == 1

    play(scenario)


def test_a_note_is_returned_on_order() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(500)
        await rig.until_seen(NoteReturned)
        assert rig.of(NoteReturned) == [NoteReturned(REMEMBERED[3])]
        assert rig.device.places.pocket == {500: 1}
        await rig.until(lambda: rig.firmware.event is None)
        await asyncio.sleep(3)
        assert len(rig.of(NoteReturned)) == 1
        assert not rig.of(NoteStacked)

    play(scenario, decision=give_back)


@pytest.mark.parametrize("reject", list(Reject))
def test_every_reason_of_rejection_is_told(reject: Reject) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.firmware.reject_next = int(reject)
        await rig.insert(100)
        await rig.until_seen(NoteRejected)
        await asyncio.sleep(2)
        (rejected,) = rig.of(NoteRejected)
        assert rejected.raw == reject
        assert rejected.reason is not RejectReason.UNKNOWN
        assert not rig.of(NoteReturned)
        rig.assert_every_note_is_accounted_for()

    play(scenario)


def test_an_unknown_reason_is_told_with_its_number() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        rig.firmware.reject_next = 0x7A
        await rig.insert(100)
        await rig.until_seen(NoteRejected)
        assert rig.of(NoteRejected) == [NoteRejected(RejectReason.UNKNOWN, 0x7A)]

    play(scenario)


def test_only_wanted_notes_are_enabled_and_always_with_escrow() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open(frozenset({Money.rubles(50), Money.rubles(100), Money.rubles(7)}))
        assert rig.of(AcceptanceOpened) == [AcceptanceOpened(frozenset({Money.rubles(50), Money.rubles(100)}))]
        assert rig.firmware.enabled == rig.firmware.escrowed == {3, 4}
        await rig.insert(500)
        await rig.until_seen(NoteRejected)
        assert rig.of(NoteRejected)[0].reason is RejectReason.INHIBITED
        rig.acceptor.accept(frozenset({Money.rubles(500)}))
        await rig.until_seen(AcceptanceOpened, 2)
        assert rig.firmware.enabled == rig.firmware.escrowed == {5}
        for request in rig.heard_requests():
            if request[0] == 0x34:
                assert request[1:4] == request[4:7]

    play(scenario)


def test_five_rejections_in_a_row_call_for_cleaning_until_a_note_is_recognised() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        for _ in range(5):
            rig.firmware.reject_next = int(Reject.OPTIC)
            await rig.insert(100)
            await rig.until(lambda: not rig.device.mechanism.is_moving)
        await rig.until(lambda: rig.fault_codes == {FaultCode.ACCEPTOR_REJECTS_MANY})
        await rig.insert(100)
        await rig.until_seen(NoteStacked)
        await rig.until(lambda: rig.fault_codes == set())

    play(scenario)


def test_without_a_decision_the_driver_neither_holds_nor_stacks_and_the_validator_returns_the_note() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteReturned)
        orders = {request[0] for request in rig.heard_requests()} & {0x35, 0x36, 0x38}
        assert orders == set()
        assert rig.device.places.pocket == {100: 1}

    play(scenario, decision=leave)


def test_a_held_note_stays_as_long_as_it_is_held_and_can_then_be_stacked() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteInEscrow)
        for _ in range(6):
            rig.acceptor.hold()
            await asyncio.sleep(8)
        assert rig.firmware.status is Status.HOLDING
        rig.acceptor.stack()
        await rig.until_seen(NoteStacked, limit_s=5)
        await asyncio.sleep(2)
        assert len(rig.of(NoteInEscrow)) == 1
        assert FaultCode.ACCEPTOR_STUCK not in rig.fault_codes

    play(scenario, decision=leave)


def test_a_decision_that_comes_too_late_stacks_nothing() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteInEscrow)
        await rig.until(lambda: rig.firmware.status is Status.RETURNING)
        rig.acceptor.stack()
        await rig.until_seen(NoteReturned)
        await rig.insert(500)
        await rig.until_seen(NoteReturned, 2)
        assert STACK not in rig.heard_requests()
        assert not rig.of(NoteLost)

    play(scenario, decision=leave)


def test_polls_are_counted_and_paced() -> None:
    async def scenario(rig: Rig) -> None:
        rig.acceptor.accept(frozenset())
        await rig.until_seen(AcceptanceClosed)
        before = rig.acceptor.polls
        await asyncio.sleep(10)
        disabled = rig.acceptor.polls - before
        assert 22 <= disabled <= 26
        await rig.open()
        before = rig.acceptor.polls
        await asyncio.sleep(10)
        enabled = rig.acceptor.polls - before
        assert 42 <= enabled <= 51

    play(scenario)
