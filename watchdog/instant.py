"""Moments by both clocks. The wall clock may jump, the monotonic one ends with the boot: each says what it can.

`Clock` is how the rest of the watchdog reads time; `SystemClock` is the real one.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment: UTC by the wall clock, seconds by the monotonic clock of the boot with that id."""

    wall: datetime
    monotonic_s: float
    boot: str

    def before(self, seconds: float) -> Instant:
        """The moment so many seconds earlier."""
        return Instant(self.wall - timedelta(seconds=seconds), self.monotonic_s - seconds, self.boot)

    def to_body(self) -> dict[str, Any]:
        """For JSON."""
        return {"wall": self.wall.isoformat(timespec="milliseconds"), "monotonic_s": round(self.monotonic_s, 3),
                "boot": self.boot}

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Instant:
        """Raises `KeyError`, `TypeError` or `ValueError` when it is not one."""
        wall = datetime.fromisoformat(body["wall"])
        if wall.tzinfo is None:
            raise ValueError("a wall time without zone")
        return cls(wall, finite(body["monotonic_s"]), str(body["boot"]))


@dataclass(frozen=True, slots=True)
class Length:
    """How long something lasted and by which clock that is known."""

    seconds: float
    exact: bool
    """By the monotonic clock; otherwise by the wall clock, across a reboot."""


def length(start: Instant, end: Instant) -> Length:
    """From one moment to another; never negative, even when the wall clock went back across a reboot."""
    if start.boot == end.boot:
        return Length(max(0.0, end.monotonic_s - start.monotonic_s), exact=True)
    return Length(max(0.0, (end.wall - start.wall).total_seconds()), exact=False)


def finite(value: Any) -> float:
    """A number of seconds. Raises `ValueError` or `TypeError` for anything else: JSON may hold an endless one."""
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError("an endless time")
    return seconds


class Clock(Protocol):
    def now(self) -> Instant:
        """This moment by both clocks."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def __init__(self) -> None:
        self._boot = BOOT_ID.read_text(encoding="ascii").strip()

    def now(self) -> Instant:
        return Instant(datetime.now(UTC), time.monotonic(), self._boot)
