"""One command in flight: late, foreign and echoed answers are not taken for the one that is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from terminal.devices.ccnet.conversation import ACK_FRAME, ANSWER_WAIT_S, NAK_FRAME, Conversation, Outcome, Reply
from terminal.devices.ccnet.wire import Command, encode_frame
from tests.support.byte_pipes import InMemoryCable
from tests.support.virtual_loop import VirtualClock, run_virtually

IDLING, ESCROW = encode_frame(b"\x14"), encode_frame(b"\x80\x04")


def _talk(scenario: Callable[[Conversation, InMemoryCable], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        cable = InMemoryCable()
        await scenario(Conversation(await cable.line.open(), VirtualClock()), cable)

    run_virtually(whole())


async def _answer(cable: InMemoryCable, *chunks: bytes, after_s: float = 0.0) -> None:
    await cable.read()
    await asyncio.sleep(after_s)
    for chunk in chunks:
        await cable.write(chunk)
        await asyncio.sleep(0.02)


async def _ask(
    talk: Conversation, cable: InMemoryCable, command: Command, *chunks: bytes, after_s: float = 0.0
) -> Reply:
    answering = asyncio.create_task(_answer(cable, *chunks, after_s=after_s))
    reply = await talk.ask(command)
    await answering
    return reply


def test_a_late_answer_is_not_the_answer_to_the_next_question() -> None:
    async def scenario(talk: Conversation, cable: InMemoryCable) -> None:
        late = await _ask(talk, cable, Command.POLL, ESCROW, after_s=ANSWER_WAIT_S + 0.1)
        assert late.outcome is Outcome.SILENCE
        assert await _ask(talk, cable, Command.POLL, IDLING) == Reply(Outcome.ANSWERED, b"\x14")

    _talk(scenario)


@pytest.mark.parametrize(
    ("command", "data"),
    [
        (Command.POLL, bytes(6)),
        (Command.POLL, b"\x00"),
        (Command.POLL, b"\x81"),
        (Command.POLL, b"\x14\x00"),
        (Command.STACK, b"\x14"),
        (Command.STACK, b"\x81\x04"),
        (Command.GET_BILL_TABLE, b"\x41"),
        (Command.IDENTIFICATION, bytes(120)),
    ],
)
def test_an_answer_of_the_wrong_shape_belongs_to_another_command(command: Command, data: bytes) -> None:
    async def scenario(talk: Conversation, cable: InMemoryCable) -> None:
        reply = await _ask(talk, cable, command, encode_frame(data))
        assert reply.outcome is Outcome.GARBLED
        assert talk.damages == 1

    _talk(scenario)


def test_a_bill_table_that_begins_like_a_status_is_a_bill_table() -> None:
    async def scenario(talk: Conversation, cable: InMemoryCable) -> None:
        table = b"\x30" + bytes(119)
        assert await _ask(talk, cable, Command.GET_BILL_TABLE, encode_frame(table)) == Reply(Outcome.ANSWERED, table)
        assert cable.heard.endswith(ACK_FRAME)

    _talk(scenario)


@pytest.mark.parametrize("cut", range(1, len(ESCROW)))
def test_an_answer_in_two_pieces_is_one_answer(cut: int) -> None:
    async def scenario(talk: Conversation, cable: InMemoryCable) -> None:
        assert (await _ask(talk, cable, Command.POLL, ESCROW[:cut], ESCROW[cut:])).data == b"\x80\x04"

    _talk(scenario)


def test_a_broken_answer_is_asked_for_again_soon() -> None:
    async def scenario(talk: Conversation, cable: InMemoryCable) -> None:
        before = asyncio.get_running_loop().time()
        reply = await _ask(talk, cable, Command.POLL, ESCROW[:-1])
        assert reply.outcome is Outcome.GARBLED
        assert asyncio.get_running_loop().time() - before < ANSWER_WAIT_S
        assert cable.heard.endswith(NAK_FRAME)

    _talk(scenario)


def test_noise_before_the_answer_hides_nothing() -> None:
    async def scenario(talk: Conversation, cable: InMemoryCable) -> None:
        assert (await _ask(talk, cable, Command.POLL, bytes.fromhex("02 03 7D 00") + IDLING)).data == b"\x14"

    _talk(scenario)


def test_on_an_echoing_line_a_reset_is_not_refused_by_its_own_echo() -> None:
    async def scenario(talk: Conversation, cable: InMemoryCable) -> None:
        poll, reset = encode_frame(bytes((Command.POLL,))), encode_frame(bytes((Command.RESET,)))
        assert (await _ask(talk, cable, Command.POLL, poll, IDLING)).data == b"\x14"
        reply = await _ask(talk, cable, Command.RESET, reset, encode_frame(b"\x00"))
        assert reply.outcome is Outcome.ANSWERED
        refused = await _ask(talk, cable, Command.STACK, encode_frame(bytes((Command.STACK,))), reset)
        assert refused.outcome is Outcome.REFUSED

    _talk(scenario)


def test_the_gap_before_the_next_command_is_kept() -> None:
    async def scenario(talk: Conversation, cable: InMemoryCable) -> None:
        await _ask(talk, cable, Command.POLL, IDLING)
        await talk.confirm()
        confirmed_at = asyncio.get_running_loop().time()
        await cable.read()
        asking = asyncio.create_task(talk.ask(Command.POLL))
        await cable.read()
        assert asyncio.get_running_loop().time() - confirmed_at >= 0.02
        await cable.write(IDLING)
        await asking

    _talk(scenario)
