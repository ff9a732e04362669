"""The last known answer of something that may be slow, silent or gone, with its age."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from simulator.control import VerbRefused

MIN_AGE_S = 0.3
"""Asked at most this often, however many pages look."""
PATIENCE_S = 0.25
"""How long a page waits for a fresh answer before it is given the last one."""


class Gauge:
    """Reads a value on demand; one reading at a time. Whoever looks never waits longer than `PATIENCE_S`."""

    def __init__(self, read: Callable[[], Awaitable[Any]]) -> None:
        self._read = read
        self._reading: asyncio.Task[None] | None = None
        self._read_at = float("-inf")
        self._value: Any = None
        self._problem = "not asked yet"

    async def look(self) -> dict[str, Any]:
        """`{"ok": true, "value": …}` or `{"ok": false, "reason": …, "value": the last one or null}`."""
        now = asyncio.get_running_loop().time()
        if (self._reading is None or self._reading.done()) and now - self._read_at >= MIN_AGE_S:
            self._read_at = now
            self._reading = asyncio.ensure_future(self._refresh())
        if self._reading is not None:
            await asyncio.wait((self._reading,), timeout=PATIENCE_S)
        if self._problem:
            return {"ok": False, "reason": self._problem, "value": self._value}
        return {"ok": True, "value": self._value}

    async def _refresh(self) -> None:
        try:
            self._value = await self._read()
            self._problem = ""
        except (OSError, ValueError, VerbRefused) as error:
            self._problem = str(error) or type(error).__name__

    async def close(self) -> None:
        if self._reading is not None and not self._reading.done():
            self._reading.cancel()
            await asyncio.wait((self._reading,))
