"""A meter, its registers and what was last read from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Register:
    """One tariff zone of a meter: T1, T2, T3. Readings are whole kilowatt-hours."""

    zone: str
    last_kwh: int
    last_on: date
    usual_month_kwh: int
    """Average monthly consumption; 0 when unknown."""


@dataclass(frozen=True, slots=True)
class Meter:
    serial: str
    digits: int
    """Places before the point: the register rolls over at 10**digits."""
    registers: tuple[Register, ...]
    verified_until: date | None
    """End of the verification interval (поверка); None when unknown."""
    remote: bool = False
    """Reports by itself; the client need not enter anything."""
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class ReadingWindow:
    """Days of the month within which readings are taken, both included: 15…25. May pass the month's end: 23…3."""

    first_day: int
    last_day: int

    def contains(self, day: date) -> bool:
        if self.first_day <= self.last_day:
            return self.first_day <= day.day <= self.last_day
        return day.day >= self.first_day or day.day <= self.last_day
