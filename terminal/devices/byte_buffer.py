"""The receiving half of an open line: bytes wait in a bounded buffer until somebody reads them.

The bytes themselves go to a log of their own, `BYTES`, which is off whatever the level of the others: receipts and
answers name the client's account. The drivers log commands, codes and lengths.
"""

from __future__ import annotations

import asyncio
import logging

from terminal.ports.line import LineLost

log = logging.getLogger(__name__)
BYTES = logging.getLogger("terminal.devices.bytes")
"""Everything that goes over the lines, in hexadecimal, when its level is set to DEBUG: for the workshop only."""
BYTES.setLevel(logging.INFO)

MAX_WAITING_BYTES = 65_536
"""More than any device says at once; beyond it the oldest bytes go, and framing recovers as after noise."""


class ReceivingStream:
    """Bytes that have arrived, and whether the line is still there. Reading is safe to cancel."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._waiting = bytearray()
        self._changed = asyncio.Event()
        self._lost = ""

    @property
    def is_lost(self) -> bool:
        return bool(self._lost)

    def feed(self, data: bytes) -> None:
        """Bytes have arrived."""
        if BYTES.isEnabledFor(logging.DEBUG):
            BYTES.debug("line_in address=%s bytes=%s", self.name, data.hex(" "))
        self._waiting += data
        excess = len(self._waiting) - MAX_WAITING_BYTES
        if excess > 0:
            log.warning("line_overrun address=%s dropped=%d", self.name, excess)
            del self._waiting[:excess]
        self._changed.set()

    def fail(self, reason: str) -> None:
        """The line is gone. The first reason stands."""
        self._lost = self._lost or reason
        self._changed.set()

    def note_sent(self, data: bytes) -> None:
        """Bytes are about to be sent."""
        if BYTES.isEnabledFor(logging.DEBUG):
            BYTES.debug("line_out address=%s bytes=%s", self.name, data.hex(" "))

    def raise_if_lost(self) -> None:
        if self._lost:
            raise LineLost(f"{self.name}: {self._lost}")

    async def read(self, limit: int) -> bytes:
        while not self._waiting:
            self.raise_if_lost()
            self._changed.clear()
            await self._changed.wait()
        return self._take(limit)

    def drain_input(self) -> bytes:
        return self._take(len(self._waiting))

    def _take(self, limit: int) -> bytes:
        taken = bytes(self._waiting[:limit])
        del self._waiting[:limit]
        return taken
