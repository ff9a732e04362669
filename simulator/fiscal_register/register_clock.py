"""The register's own clock: a battery keeps it, and it may be wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta


class RegisterClock:
    """Local time without zone: the time of the world plus an error that orders and `set_…` change."""

    def __init__(self, world: Callable[[], datetime]) -> None:
        self._world = world
        self.error = timedelta(0)

    def now(self) -> datetime:
        return self._world() + self.error

    def set_date(self, day: date) -> None:
        self.error += datetime.combine(day, self.now().time()) - self.now()

    def set_time(self, moment: time) -> None:
        self.error += datetime.combine(self.now().date(), moment) - self.now()
