"""An event loop without a world: no descriptors, no threads, only coroutines and timers on virtual time.

A run of the loop costs no system call, and the same coroutines always run in the same order. When nothing is ready,
time jumps to the next timer; when there is no timer either, `NothingLeftToHappen` is raised. Callbacks run in the
context of the loop: nothing here keeps anything in context variables, and to change them costs more than to run most
callbacks.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from heapq import heapify, heappop, heappush
from typing import Any, TypeVar

from tests.simulation.crash import Dead

Result = TypeVar("Result")

RESOLUTION_S = 1e-9
CANCELLED_TIMERS = 64
"""So many cancelled timers are carried before the heap is cleared of them."""


class NothingLeftToHappen(RuntimeError):
    """All coroutines wait, and no timer is set."""


class Handle(float):
    """A callback that waits, as `asyncio.Handle` and `asyncio.TimerHandle`; its value is the time it waits for, so
    that a heap of them is kept in order without a call of Python code."""

    __slots__ = ("_args", "_callback", "_loop")

    _callback: Callable[..., object] | None
    _args: tuple[Any, ...]
    _loop: SimulatedLoop | None
    """Of a timer that is set."""

    def cancel(self) -> None:
        self._callback, self._args = None, ()
        if self._loop is not None:
            self._loop.cancelled_timers += 1
            self._loop = None

    def cancelled(self) -> bool:
        return self._callback is None

    def when(self) -> float:
        return float(self)


class SimulatedLoop(asyncio.BaseEventLoop):
    """`asyncio.sleep(3600)` takes no time, and `time()` has moved by 3600 after it."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._ready: deque[Handle] = deque()
        self._scheduled: list[Handle] = []
        self.cancelled_timers = 0

    get_debug = staticmethod(bool)
    """Never; every future asks, and this answers without a call of Python code."""

    def time(self) -> float:
        return self._now

    @property
    def has_timers(self) -> bool:
        """Whether anybody waits for a time to come."""
        return any(timer._callback is not None for timer in self._scheduled)

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Handle:
        handle = Handle(self._now)
        handle._callback, handle._args, handle._loop = callback, args, None
        self._ready.append(handle)
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Handle:
        timer = Handle(when)
        timer._callback, timer._args, timer._loop = callback, args, self
        heappush(self._scheduled, timer)
        return timer

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Handle:
        return self.call_at(self._now + delay, callback, *args)

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled
        if self.cancelled_timers > CANCELLED_TIMERS:
            self._drop_cancelled()
        if not ready:
            self._jump()
        due = self._now + RESOLUTION_S
        while scheduled and scheduled[0] <= due:
            timer = heappop(scheduled)
            if timer._callback is None:
                self.cancelled_timers -= 1
            else:
                timer._loop = None
                ready.append(timer)
        for _ in range(len(ready)):
            handle = ready.popleft()
            callback = handle._callback
            if callback is None:
                continue
            try:
                callback(*handle._args)
            except Dead:
                continue

    def _jump(self) -> None:
        """Move time to the next timer that still counts."""
        scheduled = self._scheduled
        while scheduled and scheduled[0]._callback is None:
            heappop(scheduled)
            self.cancelled_timers -= 1
        if scheduled:
            self._now = max(self._now, float(scheduled[0]))
        elif not self._stopping:  # type: ignore[attr-defined]
            raise NothingLeftToHappen("every coroutine waits, and no timer is set")

    def _drop_cancelled(self) -> None:
        self._scheduled[:] = [timer for timer in self._scheduled if timer._callback is not None]
        heapify(self._scheduled)
        self.cancelled_timers = 0

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
