"""What has to be looked after while nobody needs anything: disk space, the clock, the journal's log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from contracts.faults import FaultCode
from terminal.ports.clock import Clock
from terminal.ports.records import Journal
from terminal.service.health import Health

log = logging.getLogger(__name__)

ROUND_S = 10.0
REST_EVERY_ROUNDS = 6
"""The journal rests about once a minute, when nobody is there."""
CLOCK_TOLERANCE = timedelta(minutes=2)
"""A clock that stands this much before the newest record is not trusted."""


@dataclass(frozen=True, slots=True)
class HousekeepingTerms:
    pid: int
    min_free_bytes: int


class Housekeeping:
    def __init__(
        self, journal: Journal, health: Health, clock: Clock, terms: HousekeepingTerms, idle: Callable[[], bool]
    ) -> None:
        self._journal = journal
        self._health = health
        self._clock = clock
        self._terms = terms
        self._idle = idle

    async def run(self) -> None:
        """Look after it for ever."""
        rounds = 0
        while True:
            self.check_disk()
            self.check_clock()
            rounds += 1
            if rounds % REST_EVERY_ROUNDS == 0 and self._idle():
                self._journal.rest()
            await asyncio.sleep(ROUND_S)

    def check_disk(self) -> None:
        """No payment begins on a disk that may be too small to finish it."""
        free = self._journal.free_bytes()
        if free < self._terms.min_free_bytes:
            self._health.raise_fault(FaultCode.DISK_LOW, f"{free // 1_000_000} MB free")
        else:
            self._health.clear(FaultCode.DISK_LOW)

    def check_clock(self) -> None:
        """Records only go forward in time; a clock that stands before the newest ones was reset. It is trusted again
        when it has caught up with them, or when the newest records all bear its own time."""
        newest = self._journal.last_recorded_at()
        now = self._clock.now()
        if newest is not None and now < newest - CLOCK_TOLERANCE:
            detail = f"{now:%Y-%m-%d %H:%M}, newest record {newest:%Y-%m-%d %H:%M}"
            self._health.raise_fault(FaultCode.CLOCK_UNTRUSTED, detail)
        else:
            self._health.clear(FaultCode.CLOCK_UNTRUSTED)
