"""Power cuts of the validator, lost and repeated events: no note is credited twice or forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from contracts.money import Money
from terminal.devices.ccnet.wire import Status
from terminal.ports.bill_acceptor import (
    Found,
    Identified,
    NoteInEscrow,
    NoteLost,
    NoteReturned,
    NoteStacked,
    Situation,
    StackRefused,
)
from tests.drivers.ccnet_rig import REMEMBERED, Rig, leave, play

HUNDRED = REMEMBERED[2]
SETTLE_S = 20.0
DARK_S = 1.5


async def _settle(rig: Rig) -> None:
    await asyncio.sleep(SETTLE_S)
    await rig.until(lambda: rig.firmware.status in (Status.IDLING, Status.DISABLED))
    rig.assert_every_note_is_accounted_for()


async def _cut(rig: Rig) -> None:
    rig.device.cut_power()
    await asyncio.sleep(DARK_S)
    rig.device.power_on()


def _at(position: str) -> Callable[[Rig], bool]:
    return lambda rig: rig.device.places.position.value == position


@pytest.mark.parametrize(
    ("position", "found", "event"),
    [
        ("none", Found.POWERED_UP, None),
        ("reading", Found.NOTE_IN_PATH, NoteReturned),
        ("escrow", Found.NOTE_IN_PATH, NoteReturned),
        ("stacking", Found.NOTE_IN_PATH, NoteReturned),
        ("passed", Found.NOTE_IN_CASSETTE, NoteStacked),
        ("returning", Found.NOTE_IN_PATH, NoteReturned),
    ],
)
def test_a_power_cut_with_the_note_anywhere(position: str, found: Found, event: type | None) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        if position != "none":
            if position in ("stacking", "passed"):
                rig.decision = lambda acceptor: acceptor.stack()
            if position == "returning":
                rig.decision = lambda acceptor: acceptor.return_note()
            await rig.insert(100)
            await rig.until(lambda: _at(position)(rig))
        await _cut(rig)
        await rig.until_seen(Situation, 2)
        await _settle(rig)
        assert [each.found for each in rig.of(Situation)] == [Found.POWERED_UP, found]
        assert [type(each) for each in rig.money_events if isinstance(each, NoteReturned | NoteStacked | NoteLost)] == (
            [event] if event else []
        )
        assert len(rig.of(Identified)) == 2
        await rig.insert(500)
        await rig.until_seen(NoteInEscrow, limit_s=30)

    play(scenario, decision=leave)


@pytest.mark.parametrize("recovery", ["until-ack", "until-sent", "never"])
@pytest.mark.parametrize("events", ["until-ack", "once"])
@pytest.mark.parametrize("acknowledged", [True, False])
@pytest.mark.parametrize("moment", ["passed", "stacked", "reported"])
def test_a_power_cut_around_the_credit_makes_one_credit_or_a_dispute(
    recovery: str, events: str, acknowledged: bool, moment: str
) -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.set("recovery", recovery)
        rig.device.modes.set("events", events)
        rig.device.modes.ignore_ack = 0 if acknowledged else 3
        await rig.open()
        await rig.insert(100)
        match moment:
            case "passed":
                await rig.until(lambda: _at("passed")(rig))
            case "stacked":
                await rig.until(lambda: rig.in_cassettes == Money.rubles(100))
            case _:
                await rig.until_seen(NoteStacked)
                await asyncio.sleep(0.3)
        await _cut(rig)
        await _settle(rig)
        assert len(rig.of(NoteStacked)) + len(rig.of(NoteLost)) == 1
        await rig.insert(100)
        await rig.until(lambda: rig.in_cassettes == Money.rubles(200))
        await _settle(rig)
        assert len(rig.of(NoteStacked)) + len(rig.of(NoteLost)) == 2

    play(scenario)


def test_a_note_behind_the_sensor_that_is_never_reported_is_a_dispute() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.set("recovery", "never")
        await rig.open()
        await rig.insert(100)
        await rig.until(lambda: _at("passed")(rig))
        await _cut(rig)
        await _settle(rig)
        assert len(rig.of(NoteLost)) == 1
        assert rig.of(NoteStacked) == []
        assert rig.in_cassettes == Money.rubles(100)

    play(scenario)


@pytest.mark.parametrize("repeats", [0, 1, 5])
def test_a_repeated_event_is_credited_once(repeats: int) -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.ignore_ack = repeats
        await rig.open()
        for count in (1, 2):
            await rig.insert(100)
            await rig.until_seen(NoteStacked, count)
        await _settle(rig)
        assert len(rig.of(NoteStacked)) == 2

    play(scenario)


def test_an_acknowledgement_behind_a_slow_disk_is_repeated_in_time() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.ack_window_s = 0.01

        async def slow_disk(each: object) -> None:
            if isinstance(each, NoteStacked):
                await asyncio.sleep(0.2)

        rig.before_next = slow_disk
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteStacked)
        await rig.until(lambda: rig.firmware.event is None, limit_s=2)
        assert len(rig.of(NoteStacked)) == 1

    play(scenario)


def test_an_event_that_is_sent_once_and_lost_is_a_dispute() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.set("events", "once")
        await rig.open()
        await rig.insert(100)
        await rig.until(lambda: rig.firmware.event is not None)
        rig.device.modes.dumb = 1
        rig.firmware.event_sent()
        await _settle(rig)
        assert rig.of(NoteStacked) == []
        assert len(rig.of(NoteLost)) == 1

    play(scenario)


@pytest.mark.parametrize("counter", ["mute", "dumb", "nak"])
def test_an_unanswered_order_to_stack_is_looked_after_and_repeated_only_when_it_was_not_taken(counter: str) -> None:
    async def scenario(rig: Rig) -> None:
        def decide(acceptor: object) -> None:
            rig.acceptor.stack()
            setattr(rig.device.modes, counter, 1)

        rig.decision = decide
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteStacked, limit_s=5)
        await _settle(rig)
        assert len(rig.of(NoteStacked)) == 1
        assert not rig.of(NoteLost)
        assert rig.heard_requests().count(b"\x35") == (1 if counter == "dumb" else 2)

    play(scenario)


def test_a_refused_order_to_stack_is_told_and_not_repeated() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.illegal_stack = 1
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteReturned)
        assert rig.of(StackRefused) == [StackRefused()]
        assert rig.heard_requests().count(b"\x35") == 1
        assert not rig.of(NoteStacked)
        assert not rig.of(NoteLost)

    play(scenario)


def test_a_consumer_may_order_again_after_a_refusal() -> None:
    async def scenario(rig: Rig) -> None:
        rig.device.modes.illegal_stack = 1

        async def insist(each: object) -> None:
            if isinstance(each, StackRefused):
                rig.acceptor.stack()

        rig.before_next = insist
        await rig.open()
        await rig.insert(100)
        await rig.until_seen(NoteStacked)
        await _settle(rig)
        assert len(rig.of(NoteStacked)) == 1

    play(scenario)


def test_a_busy_validator_is_waited_for() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until(lambda: rig.firmware.status is Status.STACKING)
        rig.device.modes.busy = 300
        heard = len(rig.cable.heard)
        await asyncio.sleep(45)
        assert b"\x30" not in rig.heard_requests(since=heard)
        await rig.until_seen(NoteStacked)
        await _settle(rig)

    play(scenario)


def test_the_answer_to_another_command_is_no_status() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        before = len(rig.money_events)
        rig.device.modes.foreign_answers = 3
        await asyncio.sleep(5)
        assert rig.money_events[before:] == []
        await rig.insert(100)
        await rig.until_seen(NoteStacked)

    play(scenario)


def test_a_validator_that_restarts_by_itself_and_forgets_the_note_leaves_a_dispute() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(100)
        await rig.until(lambda: rig.firmware.status is Status.STACKING)
        rig.device.mechanism.halt()
        rig.device.mechanism.clear_jam(rig.device.places.cassette)
        rig.firmware.reset()
        await _settle(rig)
        assert len(rig.of(NoteLost)) == 1

    play(scenario)
