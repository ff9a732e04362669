"""An acceptor that is asked before anybody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from contracts.money import Money
from terminal.ports.bill_acceptor import BillAcceptor, Observation


class EarlyAcceptor:
    """Implements `terminal.ports.bill_acceptor.BillAcceptor` over another one, whose conversation begins with this
    object. The first observation is kept for the listener; until he takes it, the driver neither confirms it to the
    device nor goes on, as with every observation that is not dealt with yet."""

    def __init__(self, acceptor: BillAcceptor) -> None:
        """Needs the running loop."""
        self._acceptor = acceptor
        self._conversation = acceptor.observations()
        self._first = asyncio.create_task(_next(self._conversation), name="first word of the acceptor")

    @property
    def polls(self) -> int:
        return self._acceptor.polls

    async def observations(self) -> AsyncGenerator[Observation]:
        yield await self._first
        async for each in self._conversation:
            yield each

    def accept(self, values: frozenset[Money]) -> None:
        self._acceptor.accept(values)

    def stack(self) -> None:
        self._acceptor.stack()

    def return_note(self) -> None:
        self._acceptor.return_note()

    def hold(self) -> None:
        self._acceptor.hold()


async def _next(conversation: AsyncIterator[Observation]) -> Observation:
    return await anext(conversation)
