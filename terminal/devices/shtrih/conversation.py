"""The dialogue of the standard low level: ENQ, frame, ACK, answer, ACK; one request in flight.

A register that holds an answer keeps it until the host's ACK and gives it again on ENQ, but never after a power cut. So
a lost answer is fetched, and a register that is idle after our request was sent leaves the outcome unknown: such a
request is never sent again from here. Source: "Протокол работы ККТ–ФН" 1.17, приложения 2 и 3.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from terminal.devices.shtrih.answers import belongs
from terminal.devices.shtrih.commands import Command
from terminal.devices.shtrih.pieces import Pieces
from terminal.devices.shtrih.wire import ACK, ENQ, NAK, Damaged, Frame, encode_frame
from terminal.ports.line import ByteStream

log = logging.getLogger(__name__)

CONTROL_WAIT_S = 1.2
"""For an ACK or NAK. Field drivers wait 0.1 s; converters to TCP and USB may add a second."""
ENQ_TRIES = 3
SEND_TRIES = 3
FETCH_TRIES = 3
OLD_ANSWER_WAIT_S = 10.0
FETCH_WAIT_S = 10.0
"""For an answer that the register says it has or prepares, after the time of the command itself is over."""
SETTLE_S = 60.0
"""A register that is still busy with what another process asked for is given this long."""


class NotTaken(Exception):
    """Certain: the register did not get the request."""


class Unanswered(Exception):
    """The request was sent and no answer came: it may or may not have been carried out."""


class Conversation(Protocol):
    """One way to exchange requests for answers over an open stream."""

    async def ask(self, command: Command) -> bytes:
        """The answer, from the command code on. Raises `NotTaken`, `Unanswered` and `LineLost`."""
        ...


class StandardConversation:
    """Protocol 1.x over one open stream. `damaged` counts frames with a wrong check sum, `exchanged` all answers."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._pieces = Pieces(stream)
        self.damaged = 0
        self.exchanged = 0

    async def ask(self, command: Command) -> bytes:
        await self._settle()
        for _ in range(SEND_TRIES):
            self._pieces.forget()
            await self._stream.write(encode_frame(command.payload))
            reply = await self._pieces.control(CONTROL_WAIT_S)
            if reply == ACK:
                return await self._answer(command)
            answer = await self._fetch(command)
            if answer is not None:
                return answer
            if reply != NAK:
                raise Unanswered(f"{command.name}: silence after the request")
            self.damaged += 1
        raise NotTaken(f"{command.name}: refused {SEND_TRIES} times as damaged")

    async def _settle(self) -> None:
        """Bring the register to waiting for a command. What it still holds is an answer to something given up."""
        deadline = asyncio.get_running_loop().time() + SETTLE_S
        silent = 0
        while silent < ENQ_TRIES and asyncio.get_running_loop().time() < deadline:
            if silent:
                # An answer to the earlier ENQ may still be under way and must not be taken for the next reply.
                await self._pieces.quiet(CONTROL_WAIT_S)
            self._pieces.forget()
            await self._stream.write(bytes([ENQ]))
            match await self._pieces.control(CONTROL_WAIT_S):
                case code if code == NAK and not silent:
                    return
                case code if code == NAK:
                    silent = 0
                case code if code == ACK:
                    silent = 0
                    await self._drop_old_answer()
                case _:
                    silent += 1
        raise NotTaken("the register does not answer")

    async def _drop_old_answer(self) -> None:
        old = await self._pieces.frame(OLD_ANSWER_WAIT_S)
        if isinstance(old, Frame):
            log.info("shtrih_old_answer code=%s", old.payload[:3].hex())
            await self._stream.write(bytes([ACK]))

    async def _answer(self, command: Command) -> bytes:
        """The register has the request: wait for the answer as long as the command may take."""
        piece = await self._pieces.frame(command.timeout_s)
        if isinstance(piece, Frame) and belongs(command, piece.payload):
            return await self._accept(piece)
        if isinstance(piece, Damaged):
            self.damaged += 1
            await self._pieces.quiet(CONTROL_WAIT_S)
            await self._stream.write(bytes([NAK]))
        answer = await self._fetch(command)
        if answer is None:
            raise Unanswered(f"{command.name}: no answer")
        return answer

    async def _fetch(self, command: Command) -> bytes | None:
        """Ask whether an answer is held. It is ours: the register was idle before this request, and forgets answers
        with its power. None: it is idle. Raises `Unanswered` when it does not say."""
        for _ in range(FETCH_TRIES):
            await self._stream.write(bytes([ENQ]))
            reply = await self._pieces.control(CONTROL_WAIT_S)
            if reply == NAK:
                return None
            if reply != ACK:
                await self._pieces.quiet(CONTROL_WAIT_S)
                continue
            piece = await self._pieces.frame(FETCH_WAIT_S)
            if isinstance(piece, Frame):
                if belongs(command, piece.payload):
                    return await self._accept(piece)
                await self._stream.write(bytes([ACK]))
            elif isinstance(piece, Damaged):
                self.damaged += 1
                await self._pieces.quiet(CONTROL_WAIT_S)
        raise Unanswered(f"{command.name}: no answer after {FETCH_TRIES} questions")

    async def _accept(self, frame: Frame) -> bytes:
        await self._stream.write(bytes([ACK]))
        self.exchanged += 1
        return frame.payload
