"""A device that says what fuzzed bytes choose: good answers and bad ones, noise, silence, babble, a cable pulled out.

Each thing that the host says is answered by the next choice. When the choices are used up the device falls silent,
and a sane one may take over its cable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.byte_choices import ByteChoices
from tests.support.byte_pipes import InMemoryCable

MOST_WAIT_S = 3.2
MAX_TURNS = 250
"""Choices of one input; more would only make it slow."""
Answers = Callable[[bytes, ByteChoices], bytes]
"""A good answer, as bytes on the wire, to what the host has just said."""


@dataclass(frozen=True, slots=True)
class Babble:
    """How the device babbles: so often that nobody who waits for silence hears any, and for so long at the most."""

    every_s: float
    most_s: float


class WatchedCable(InMemoryCable):
    """Knows how long the host has kept silent at the longest, and what it was told after a certain request."""

    def __init__(self, address: str = "pipe://device", watched: bytes = b"") -> None:
        super().__init__(address)
        self._watched = watched
        self._said_before: int | None = None
        self.longest_silence_s = 0.0
        self._spoke_at: float | None = None

    def receive_from_host(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        if self._spoke_at is not None:
            self.longest_silence_s = max(self.longest_silence_s, now - self._spoke_at)
        self._spoke_at = now
        if self._said_before is None and self._watched and self._watched in data:
            self._said_before = len(self.said)
        super().receive_from_host(data)

    @property
    def said_since(self) -> bytes | None:
        """What has reached the host since it first sent the watched bytes; None when it has not sent them."""
        return None if self._said_before is None else bytes(self.said[self._said_before :])


class FuzzedDevice:
    """Plays on one cable until its choices are used up."""

    def __init__(self, cable: InMemoryCable, choices: ByteChoices, answers: Answers, babble: Babble) -> None:
        self._cable = cable
        self._choices = choices
        self._answers = answers
        self._babble = babble

    async def run(self) -> None:
        """Ends with the last choice; the cable is in then."""
        for _ in range(MAX_TURNS):
            if not self._choices:
                break
            heard = await self._cable.read()
            await self._turn(heard)
        self._cable.plug()

    async def _turn(self, heard: bytes) -> None:
        choices, cable = self._choices, self._cable
        match choices.below(16):
            case 10:
                await cable.write(choices.take(choices.below(12)))
            case 11:
                await self._wait()
                await cable.write(self._answers(heard, choices))
            case 12:
                answer = bytearray(self._answers(heard, choices))
                if answer:
                    answer[choices.byte() % len(answer)] ^= 1 << choices.below(8)
                await cable.write(bytes(answer))
            case 13:
                answer = bytearray(self._answers(heard, choices))
                await cable.write(bytes(answer[: choices.byte() % (len(answer) + 1)]))
            case 14:
                noise = choices.take(1 + choices.below(6))
                await self._say_again_and_again(noise, choices.below(256) / 256 * self._babble.most_s)
            case 15:
                cable.unplug()
                await self._wait()
                cable.plug()
            case 9:
                pass
            case _:
                await cable.write(self._answers(heard, choices))

    async def _wait(self) -> None:
        await asyncio.sleep(self._choices.below(64) / 64 * MOST_WAIT_S)

    async def _say_again_and_again(self, noise: bytes, seconds: float) -> None:
        ends_at = asyncio.get_running_loop().time() + seconds
        while noise and asyncio.get_running_loop().time() < ends_at:
            await self._cable.write(noise)
            await asyncio.sleep(self._babble.every_s)
