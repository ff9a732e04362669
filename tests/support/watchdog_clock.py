"""The watchdog's two clocks in the test's hands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from watchdog.instant import Instant

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""


class ScriptedClock:
    """Both clocks in the test's hands."""

    def __init__(self, boot: str = "boot-1") -> None:
        self.instant = Instant(START, 100.0, boot)

    def now(self) -> Instant:
        return self.instant

    def advance(self, seconds: float) -> None:
        self.instant = self.instant.before(-seconds)

    def wall_jump(self, delta: timedelta) -> None:
        self.instant = Instant(self.instant.wall + delta, self.instant.monotonic_s, self.instant.boot)

    def reboot(self, off_s: float) -> None:
        self.instant = Instant(self.instant.wall + timedelta(seconds=off_s), 20.0, self.instant.boot + "'")
