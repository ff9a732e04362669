"""The one client of a reference visit: does what the page asks for, and waits patiently before a dark screen."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

from simulator.billing_host.demo_accounts import DEBTOR
from tests.simulation.clients import Client, Manner

if TYPE_CHECKING:
    from tests.simulation.world import World

LOOKS_EVERY_S = 0.1


class Person(Client):
    """Looks at the page every `LOOKS_EVERY_S`, and again so long after the power has come back."""

    def __init__(self, world: World, notes: list[int]) -> None:
        super().__init__(world, Random(1), Manner())
        self.account, self.notes = DEBTOR, list(notes)
        self._waits: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_dark = False
        self._is_gone = False

    async def visit(self) -> None:
        for _ in self._looks():
            await self.pause()
        self._is_gone = True

    async def pause(self) -> None:
        """Until the next look; while the screen is dark, until there is one to look at."""
        self._waits = self._world.loop.create_future()
        self._set_timer()
        await self._waits

    def _set_timer(self) -> None:
        if self._waits is not None and not self._is_dark:
            self._timer = self._world.loop.call_later(LOOKS_EVERY_S, self._look_up, self._waits)

    def _look_up(self, waits: asyncio.Future[None]) -> None:
        if not waits.done():
            waits.set_result(None)

    def see_dark(self) -> None:
        """The screen is black: nothing to look at."""
        self._is_dark = True
        if self._timer is not None:
            self._timer.cancel()

    def see_light(self) -> None:
        """The computer has been given power again; whatever was seen before counts for nothing."""
        self._is_dark = False
        self._seen, self._since = None, self._world.loop.time()
        self._set_timer()

    @property
    def body(self) -> tuple[object, ...]:
        """What has a say in what this person will do, as long as the screen is dark."""
        return (self._is_gone, self._has_begun, *self.notes)
