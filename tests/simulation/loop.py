"""An event loop without a world: no descriptors, no threads, only coroutines and timers on virtual time.

A run of the loop costs no system call, and the same coroutines always run in the same order. When nothing is ready,
time jumps to the next timer; when there is no timer either, `NothingLeftToHappen` is raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from heapq import heapify, heappop
from typing import Any, TypeVar

Result = TypeVar("Result")

RESOLUTION_S = 1e-9
CANCELLED_TIMERS = 64
"""So many cancelled timers are carried before the heap is cleared of them."""


class NothingLeftToHappen(RuntimeError):
    """All coroutines wait, and no timer is set."""


class SimulatedLoop(asyncio.BaseEventLoop):
    """`asyncio.sleep(3600)` takes no time, and `time()` has moved by 3600 after it."""

    _ready: Any
    _scheduled: Any
    _timer_cancelled_count: int

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled
        if self._timer_cancelled_count > CANCELLED_TIMERS:
            self._drop_cancelled()
            scheduled = self._scheduled
        if not ready:
            self._jump()
        while scheduled and scheduled[0]._when <= self._now + RESOLUTION_S:
            handle = heappop(scheduled)
            handle._scheduled = False
            if handle._cancelled:
                self._timer_cancelled_count -= 1
            else:
                ready.append(handle)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _jump(self) -> None:
        """Move time to the next timer that still counts."""
        scheduled = self._scheduled
        while scheduled and scheduled[0]._cancelled:
            heappop(scheduled)._scheduled = False
            self._timer_cancelled_count -= 1
        if scheduled:
            self._now = max(self._now, scheduled[0]._when)
        elif not self._stopping:  # type: ignore[attr-defined]
            raise NothingLeftToHappen("every coroutine waits, and no timer is set")

    def _drop_cancelled(self) -> None:
        for handle in self._scheduled:
            if handle._cancelled:
                handle._scheduled = False
        self._scheduled = [handle for handle in self._scheduled if not handle._cancelled]
        heapify(self._scheduled)
        self._timer_cancelled_count = 0

    def _write_to_self(self) -> None:
        """Nothing waits in a system call, so nothing has to be woken."""


def run_simulated(main: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end on virtual time, and leave no task behind."""
    loop = SimulatedLoop()
    loop.set_exception_handler(_unexpected)
    try:
        return loop.run_until_complete(main)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _unexpected(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A callback or a forgotten task has failed. The death of a process is no failure."""
    error = context.get("exception")
    if error is None or isinstance(error, Exception):
        loop.default_exception_handler(context)
