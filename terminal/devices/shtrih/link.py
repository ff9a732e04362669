"""The link to a register: opened when first needed, opened again after it was lost, one request at a time.

Only requests that change nothing are sent again. For the others a lost line or a lost answer is `Unanswered`, unless
nothing had been sent yet.
"""

from __future__ import annotations

import logging
from enum import StrEnum

from terminal.devices.shtrih.commands import Command
from terminal.devices.shtrih.conversation import NotTaken, StandardConversation, Unanswered
from terminal.devices.shtrih.numbered_conversation import NumberedConversation
from terminal.ports.line import ByteStream, Line, LineLost

log = logging.getLogger(__name__)

TRIES = 3
TRIES_OF_SILENCE = 2
"""A register that is switched off is not asked longer than it takes to be sure."""
NOISE_AFTER_EXCHANGES = 20
NOISE_PERCENT = 5


class LowLevel(StrEnum):
    """Which low level the register was switched on with; it does not change until its power goes."""

    STANDARD = "standard"
    NUMBERED = "numbered"


class Link:
    """Requests and answers over a line that may come and go."""

    def __init__(self, line: Line, low_level: LowLevel = LowLevel.STANDARD) -> None:
        self._line = line
        self._low_level = low_level
        self._stream: ByteStream | None = None
        self._talk: StandardConversation | NumberedConversation | None = None
        self.opened = 0
        """How many times the line has been opened: a larger number means that the register may have restarted."""
        self._damaged = 0
        self._exchanged = 0

    async def ask(self, command: Command) -> bytes:
        """The answer, from the command code on. Raises `NotTaken` or `Unanswered`."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._ask_once(command)
            except (NotTaken, Unanswered) as error:
                log.info("shtrih_retry command=%s attempt=%d reason=%s", command.name, attempt, error)
                await self.close()
                if isinstance(error, Unanswered) and not command.repeatable:
                    raise
                if attempt >= (TRIES_OF_SILENCE if isinstance(error, NotTaken) else TRIES):
                    raise
        raise AssertionError("unreachable")

    async def _ask_once(self, command: Command) -> bytes:
        talk = await self._open()
        try:
            answer = await talk.ask(command)
        except LineLost as error:
            raise Unanswered(f"{command.name}: {error}") from error
        log.debug("shtrih_exchange command=%s code=%s sent=%d received=%d", command.name, command.code.hex(),
                  len(command.payload), len(answer))
        return answer

    async def _open(self) -> StandardConversation | NumberedConversation:
        if self._talk is not None:
            return self._talk
        try:
            self._stream = await self._line.open()
        except LineLost as error:
            raise NotTaken(str(error)) from error
        self._stream.drain_input()
        self.opened += 1
        log.info("shtrih_open address=%s times=%d", self._line.address, self.opened)
        match self._low_level:
            case LowLevel.STANDARD:
                self._talk = StandardConversation(self._stream)
            case LowLevel.NUMBERED:
                self._talk = NumberedConversation(self._stream)
        return self._talk

    async def close(self) -> None:
        """Let the line go; the next request opens it again."""
        stream, talk = self._stream, self._talk
        self._stream = self._talk = None
        if talk is not None:
            self._damaged += talk.damaged
            self._exchanged += talk.exchanged
        if stream is not None:
            await stream.aclose()

    @property
    def noisy(self) -> bool:
        """Whether damaged frames have become more than chance."""
        talk = self._talk
        damaged = self._damaged + (talk.damaged if talk else 0)
        exchanged = self._exchanged + (talk.exchanged if talk else 0)
        return damaged + exchanged >= NOISE_AFTER_EXCHANGES and damaged * 100 >= NOISE_PERCENT * (damaged + exchanged)
