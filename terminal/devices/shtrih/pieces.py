"""Reading an open line by pieces with a limit on waiting: the bytes of one direction, framed."""

from __future__ import annotations

import asyncio
from collections import deque

from terminal.devices.shtrih.wire import ACK, NAK, Control, Damaged, Frame, FrameReader, Piece
from terminal.ports.line import ByteStream

READ_BYTES = 512
BYTE_GAP_S = 1.2
"""A register sends the bytes of a frame within 50–100 ms of each other; converters on the way may add a second."""

BABBLE_S = 10.0
"""The longest frame takes half a second at 4800 baud. What goes on after this is noise."""


class Pieces:
    """Pieces of the standard low level from a stream. Waiting uses the running loop's clock."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._reader = FrameReader()
        self._ready: deque[Piece] = deque()

    def forget(self) -> None:
        """Drop everything that has arrived so far."""
        self._stream.drain_input()
        self._reader.abandon()
        self._ready.clear()

    async def control(self, wait_s: float) -> int | None:
        """ACK or NAK; None after silence or something else. Other single bytes are noise and are passed over."""
        deadline = asyncio.get_running_loop().time() + wait_s
        while True:
            piece = await self._next(deadline)
            match piece:
                case Control(byte) if byte in (ACK, NAK):
                    return byte
                case Control():
                    continue
                case _:
                    return None

    async def frame(self, wait_s: float) -> Frame | Damaged | None:
        """The next frame, right or damaged; None after silence."""
        deadline = asyncio.get_running_loop().time() + wait_s
        while True:
            piece = await self._next(deadline)
            if not isinstance(piece, Control):
                return piece

    async def quiet(self, wait_s: float) -> None:
        """Wait until nothing has come for `wait_s` and forget what came before; a line that never falls silent is
        given up after `BABBLE_S`."""
        ends_at = asyncio.get_running_loop().time() + BABBLE_S
        while asyncio.get_running_loop().time() < ends_at:
            self.forget()
            try:
                async with asyncio.timeout(wait_s):
                    await self._stream.read(READ_BYTES)
            except TimeoutError:
                return

    async def _next(self, deadline: float) -> Piece | None:
        loop = asyncio.get_running_loop()
        while not self._ready:
            inside = self._reader.inside_frame
            until = loop.time() + BYTE_GAP_S if inside else deadline
            try:
                async with asyncio.timeout_at(until):
                    data = await self._stream.read(READ_BYTES)
            except TimeoutError:
                return self._reader.abandon() if inside else None
            self._ready.extend(self._reader.feed(data))
        return self._ready.popleft()
