"""The watch over the journal: its second copy durable soon after each step, and all of it looked through in time.

A step is durable in the database when it is acknowledged; its second copy follows within `SYNC_AFTER_S`. A second
copy that cannot be written is a fault at once and, when it lasts, a reason to take no more cash: from then on one
flipped bit could lose a payment unseen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from contracts.faults import FaultCode
from terminal.ports.clock import Clock
from terminal.ports.records import BrokenIdentity, Journal
from terminal.service.health import Health

log = logging.getLogger(__name__)

SYNC_AFTER_S = 0.05
"""Between a step and the sync of its second copy; steps that follow one another share it."""
MEND_EVERY_S = 60.0
WITHOUT_MIRROR_S = 3600.0
"""So long cash is taken without a second copy: enough to change a medium, too short for a trading day."""
PIECE_EVERY_S = 10.0
"""Between two pieces of looking through: a million records take a night."""
PASS_EVERY_S = 6 * 3600.0
"""Between the end of one pass and the beginning of the next."""

Audited = Callable[[tuple[BrokenIdentity, ...]], None]


class JournalWatch:
    def __init__(
        self, journal: Journal, health: Health, clock: Clock, idle: Callable[[], bool], audited: Audited
    ) -> None:
        self._journal = journal
        self._health = health
        self._clock = clock
        self._idle = idle
        self._audited = audited
        self._stepped = asyncio.Event()
        self._alone_since: float | None = None
        self._mended_at = 0.0
        self.passes = 0
        """Times that everything was looked through since the process started."""

    def stepped(self) -> None:
        """A step has been made durable."""
        self._stepped.set()

    async def run(self) -> None:
        """Keep the second copy durable for ever."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(MEND_EVERY_S):
                    await self._stepped.wait()
            self._stepped.clear()
            await asyncio.sleep(SYNC_AFTER_S)
            self.look_after_mirror()

    def look_after_mirror(self) -> None:
        """Sync it, mend it when it is in trouble, and say how it is."""
        self._journal.sync_mirror()
        now = self._clock.monotonic()
        if self._journal.mirror_trouble() and now - self._mended_at >= MEND_EVERY_S:
            self._mended_at = now
            broken = tuple(self._journal.mend_mirror())
            if broken:
                self._audited(broken)
        trouble = self._journal.mirror_trouble()
        if not trouble:
            self._alone_since = None
            self._health.clear(FaultCode.JOURNAL_MIRROR_BEHIND)
            self._health.clear(FaultCode.JOURNAL_MIRROR_LOST)
            return
        if self._alone_since is None:
            self._alone_since = now
        self._health.raise_fault(FaultCode.JOURNAL_MIRROR_BEHIND, trouble)
        if now - self._alone_since >= WITHOUT_MIRROR_S:
            self._health.raise_fault(FaultCode.JOURNAL_MIRROR_LOST, trouble)

    async def look_through(self) -> None:
        """Look through everything for ever, a piece at a time, while nobody is there."""
        while True:
            await asyncio.sleep(PIECE_EVERY_S)
            if not self._idle():
                continue
            looked = self._journal.look_through()
            if looked.broken:
                self._audited(looked.broken)
            if looked.pass_over:
                self.passes += 1
                await asyncio.sleep(PASS_EVERY_S)
