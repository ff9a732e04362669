"""An event loop on virtual time: when nothing is ready, time jumps to the next timer.

Only for programs made of coroutines and in-memory pipes: a thread or a descriptor that answers later is not
waited for. A program in which nothing can ever happen again fails with `NothingLeftToHappen` instead of hanging.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

Result = TypeVar("Result")

MOSCOW = timezone(timedelta(hours=3))
DEFAULT_LIMIT_S = 24 * 3600.0
RESOLUTION_S = 1e-6


class NothingLeftToHappen(RuntimeError):
    """All coroutines wait, and no timer is set."""


class _JumpingSelector(selectors.BaseSelector):
    """Looks at real descriptors without waiting, and moves virtual time instead of sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self._real = selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout == 0:
            return []  # a coroutine can go on: descriptors are looked at when none can
        ready = self._real.select(0)
        if not ready:
            if timeout is None:
                raise NothingLeftToHappen("every coroutine waits, and no timer is set")
            self.now += max(0.0, timeout)
        return ready

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """`asyncio.sleep(3600)` takes no time, and `time()` has moved by 3600 after it."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self._clock_resolution = RESOLUTION_S

    def time(self) -> float:
        return self._jumping.now


class VirtualClock:
    """`terminal.ports.clock.Clock` that follows the running loop, real or virtual."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 10, 0, tzinfo=MOSCOW)) -> None:
        self._start = start

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def set_back(self, seconds: float) -> None:
        """The wall clock is put back; durations are not touched."""
        self._start -= timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())


def run_virtually(main: Coroutine[Any, Any, Result], limit_s: float = DEFAULT_LIMIT_S) -> Result:
    """Run to the end on virtual time. Raises `TimeoutError` when it takes longer than `limit_s` of it."""

    async def bounded() -> Result:
        async with asyncio.timeout(limit_s):
            return await main

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(bounded())
