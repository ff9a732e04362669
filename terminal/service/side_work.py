"""Work beside the loop that nobody awaits: an error in it ends the service like an error anywhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

MAX_TASKS = 64
"""More at once means that something starts work without end."""


class SideWork:
    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._error: BaseException | None = None
        self._failed = asyncio.Event()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it. Raises `RuntimeError` beyond `MAX_TASKS`."""
        if len(self._tasks) >= MAX_TASKS:
            work.close()
            raise RuntimeError(f"{MAX_TASKS} pieces of side work are under way")
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def run(self) -> None:
        """Wait for an error and raise it; when cancelled, cancel all of it."""
        try:
            await self._failed.wait()
        finally:
            for task in self._tasks:
                task.cancel()
        if self._error is not None:
            raise self._error

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._error = task.exception()
            self._failed.set()
