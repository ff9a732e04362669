"""Question and answer with a validator: one command in flight, every answer checked against it, echo seen through.

Source: CashCode NET, document 1, revision 2.4.3, chapters 2 and 3. The manual's 10 ms for an answer cannot be kept
through USB adapters; late answers are waited for, and what comes later still is dropped before the next command.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from terminal.devices.ccnet.statuses import is_poll_answer
from terminal.devices.ccnet.wire import (
    IDENTIFICATION_BYTES,
    MASK_BYTES,
    TABLE_BYTES,
    Command,
    Control,
    FrameReader,
    encode_frame,
)
from terminal.ports.clock import Clock
from terminal.ports.line import ByteStream

log = logging.getLogger(__name__)

ANSWER_WAIT_S = 0.3
LONG_ANSWER_WAIT_S = 1.5
"""Identification and bill table are read from slow memory."""
FRAME_IS_DEAD_S = 0.1
"""A frame that stops for so long in the middle goes on no more."""
BABBLE_S = 2.0
"""Longer than any answer takes to arrive. What goes on after it is noise, and noise may go on for ever."""
GAP_S = 0.02
"""Silence between our confirmation and our next command."""
READ_BYTES = 1024
NOISE_WINDOW = 100
"""Exchanges over which damage is counted."""

ACK_FRAME = encode_frame(bytes((Control.ACK,)))
NAK_FRAME = encode_frame(bytes((Control.NAK,)))
_ECHO_OF_POLL = bytes((Command.POLL,))


class Outcome(Enum):
    """How an exchange ended."""

    ANSWERED = auto()
    REFUSED = auto()
    """Illegal in the present state."""
    GARBLED = auto()
    """Something came, or our command arrived damaged: whether it was carried out is unknown."""
    SILENCE = auto()
    """Nothing came: whether it was carried out is unknown."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`data` is empty unless the outcome is `ANSWERED`."""

    outcome: Outcome
    data: bytes = b""


class Conversation:
    """The exchanges over one open line. All methods raise `LineLost`."""

    def __init__(self, stream: ByteStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._reader = FrameReader()
        self._echoes = False
        self._last_word_at = clock.monotonic() - GAP_S
        self._damages: deque[bool] = deque(maxlen=NOISE_WINDOW)

    @property
    def damages(self) -> int:
        """How many of the last `NOISE_WINDOW` exchanges were damaged."""
        return sum(self._damages)

    async def ask(self, command: Command, data: bytes = b"") -> Reply:
        """Send a command once and wait for its answer. Answers are confirmed here, except those to POLL, which the
        caller confirms after they are dealt with."""
        await self._keep_gap()
        self._reader.reset()
        self._stream.drain_input()
        sent = bytes((command,)) + data
        await self._stream.write(encode_frame(sent, before_length=1))
        reply = await self._receive(command, sent)
        self._last_word_at = self._clock.monotonic()
        log.debug("ccnet_exchange command=%s sent=%d outcome=%s code=%s received=%d", command.name, len(sent),
                  reply.outcome.name, reply.data[:1].hex(), len(reply.data))
        if reply.outcome is not Outcome.SILENCE:
            self._damages.append(reply.outcome is Outcome.GARBLED)
        if reply.outcome is Outcome.REFUSED or (reply.outcome is Outcome.ANSWERED and len(reply.data) > 2):
            await self.confirm()
        return reply

    async def confirm(self) -> None:
        """Tell the validator that its last answer has been dealt with."""
        await self._stream.write(ACK_FRAME)
        self._last_word_at = self._clock.monotonic()

    async def _keep_gap(self) -> None:
        early_by = self._last_word_at + GAP_S - self._clock.monotonic()
        if early_by > 0:
            await asyncio.sleep(early_by)

    async def _receive(self, command: Command, sent: bytes) -> Reply:
        limit_s, arrived, is_first = _wait_s(command), False, True
        now = asyncio.get_running_loop().time
        ends_at = now() + limit_s + BABBLE_S
        while True:
            try:
                async with asyncio.timeout_at(min(now() + limit_s, ends_at)):
                    frames = self._reader.feed(await self._stream.read(READ_BYTES))
            except TimeoutError:
                return await self._give_up(command, arrived)
            arrived, limit_s = True, FRAME_IS_DEAD_S
            for data in frames:
                is_echo, is_first = is_first and self._is_echo(data, sent), False
                if is_echo:
                    arrived, limit_s = False, _wait_s(command)
                    continue
                reply = _judge(command, data)
                if reply is not None:
                    return reply

    def _is_echo(self, data: bytes, sent: bytes) -> bool:
        """Whether the first frame is our own, heard back. Only POLL shows for certain that the line echoes: RESET
        looks like the answer "illegal"."""
        if sent == _ECHO_OF_POLL:
            if data == sent and not self._echoes:
                log.warning("line_echo protocol=ccnet")
            self._echoes = data == sent
        return self._echoes and data == sent

    async def _give_up(self, command: Command, arrived: bool) -> Reply:
        for data in self._reader.finish():
            reply = _judge(command, data)
            if reply is not None:
                return reply
        if not arrived:
            return Reply(Outcome.SILENCE)
        await self._stream.write(NAK_FRAME)
        return Reply(Outcome.GARBLED)


def _wait_s(command: Command) -> float:
    is_long = command in (Command.IDENTIFICATION, Command.GET_BILL_TABLE)
    return LONG_ANSWER_WAIT_S if is_long else ANSWER_WAIT_S


def _judge(command: Command, data: bytes) -> Reply | None:
    """What the data are as an answer to that command; `None` when they must be the answer to another one."""
    if data == bytes((Control.NAK,)):
        return Reply(Outcome.GARBLED)
    if data == bytes((Control.ILLEGAL,)):
        return Reply(Outcome.REFUSED)
    match command:
        case Command.POLL:
            fits = is_poll_answer(data)
        case Command.IDENTIFICATION:
            fits = len(data) in IDENTIFICATION_BYTES
        case Command.GET_BILL_TABLE:
            fits = len(data) == TABLE_BYTES
        case Command.GET_STATUS:
            fits = len(data) == 2 * MASK_BYTES
        case _:
            fits = data == bytes((Control.ACK,))
    return Reply(Outcome.ANSWERED, data) if fits else None
