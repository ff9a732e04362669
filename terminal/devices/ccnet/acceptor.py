"""The bill acceptor port over CCNET: looks, tells, confirms, and only then acts; reconnects for ever.

Each turn of the conversation is one POLL. What it brings is observed to the end by the consumer, then confirmed to
the validator, and then acted upon.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable

from contracts.money import Money
from terminal.devices.ccnet.conversation import Conversation
from terminal.devices.ccnet.note_cycle import NoteCycle
from terminal.devices.ccnet.session import Memory, Order, Session
from terminal.ports.bill_acceptor import Note, Observation
from terminal.ports.clock import Clock
from terminal.ports.line import ByteStream, Line, LineLost

log = logging.getLogger(__name__)

REOPEN_AFTER_S = (0.5, 1.0, 2.0, 5.0)
"""Waits between attempts to open the line; the last one for ever."""


class CcnetAcceptor:
    """Implements `terminal.ports.bill_acceptor.BillAcceptor`.

    `remembered` are the notes of the bill table that was last read from this validator: with them an event that
    waits at start, before the table can be read, has its value at once.
    """

    def __init__(self, line: Line, clock: Clock, *, remembered: Iterable[Note] = ()) -> None:
        self._line = line
        self._clock = clock
        self._memory = Memory(NoteCycle(remembered))
        self._wake = asyncio.Event()
        self._stream: ByteStream | None = None
        self._failures = 0

    @property
    def polls(self) -> int:
        return self._memory.polls

    def accept(self, values: frozenset[Money]) -> None:
        self._memory.enabling.want(values)
        self._wake.set()

    def stack(self) -> None:
        self._order(Order.STACK)

    def return_note(self) -> None:
        self._order(Order.RETURN)

    def hold(self) -> None:
        self._order(Order.HOLD)

    def _order(self, order: Order) -> None:
        self._memory.order = order
        self._wake.set()

    async def observations(self) -> AsyncIterator[Observation]:
        session: Session | None = None
        try:
            while True:
                try:
                    session = session or await self._open()
                    for each in await session.look():
                        yield each
                    await session.confirm()
                    for each in await session.act():
                        yield each
                    await self._pause(session.pause_s)
                except LineLost as lost:
                    session = None
                    for each in await self._hang_up(lost):
                        yield each
                    await asyncio.sleep(self._wait_before_opening())
        finally:
            await self._close()

    async def _open(self) -> Session:
        self._stream = await self._line.open()
        self._failures = 0
        log.info("acceptor_line_open address=%s", self._line.address)
        return Session(Conversation(self._stream, self._clock), self._clock, self._memory)

    async def _hang_up(self, lost: LineLost) -> list[Observation]:
        log.warning("acceptor_line_lost reason=%s", lost)
        await self._close()
        self._memory.enabling.forgotten()
        self._memory.health.silent(str(lost))
        return self._memory.health.changes()

    def _wait_before_opening(self) -> float:
        wait_s = REOPEN_AFTER_S[min(self._failures, len(REOPEN_AFTER_S) - 1)]
        self._failures += 1
        return wait_s

    async def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.aclose()

    async def _pause(self, seconds: float) -> None:
        """Wait for the next poll, or for an order that comes before it."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()
