"""Working hours of the place where a terminal stands: what downtime is counted within (requirement R-21).

A week of spans by the clock of the place - lunch breaks, short Fridays and weekends included - and days that differ
from it: public holidays, moved working days. Written in the configuration as `[working_hours]`; without it a terminal
works round the clock.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPECIAL_DAYS = "special_days"
KEYS = (*WEEKDAYS, SPECIAL_DAYS)
MAX_SPANS = 8
"""In one day."""
MAX_SPECIAL_DAYS = 400
"""In one configuration: more than a year of them is a mistake."""
DAY_MINUTES = 24 * 60
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Span:
    """From minute to minute of a day, 0 … 1440, the first one included."""

    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> Span:
        """`"09:00-13:00"`; a day may end at `24:00`. Raises `ValueError`."""
        found = _SPAN.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not a span of a day")
        hour, minute, last_hour, last_minute = map(int, found.groups())
        span = cls(hour * 60 + minute, last_hour * 60 + last_minute)
        if not span.first < span.last <= DAY_MINUTES:
            raise ValueError(f"{text!r} does not end after it begins, within the day")
        return span


Spans = tuple[Span, ...]
WHOLE_DAY: Spans = (Span(0, DAY_MINUTES),)


def parse_spans(value: object) -> Spans:
    """The spans of one day: a list of texts in the order of the day, none of them overlapping; empty when the place
    is closed. Raises `ValueError`."""
    if not isinstance(value, list) or len(value) > MAX_SPANS or not all(isinstance(each, str) for each in value):
        raise ValueError("not a list of spans")
    spans = tuple(Span.parse(each) for each in value)
    if any(later.first < earlier.last for earlier, later in itertools.pairwise(spans)):
        raise ValueError("spans out of order or overlapping")
    return spans


def parse_special_days(value: object) -> dict[date, Spans]:
    """Days that differ from their weekday: texts of a date and its spans, `"2026-12-31 09:00-12:00"`; a date alone is
    a day on which the place is closed. Raises `ValueError`."""
    if not isinstance(value, list) or len(value) > MAX_SPECIAL_DAYS or not all(isinstance(each, str) for each in value):
        raise ValueError("not a list of days")
    days: dict[date, Spans] = {}
    for each in value:
        text, *spans = each.split(" ")
        day = date.fromisoformat(text)
        if day.isoformat() != text:
            raise ValueError(f"{text!r} is not YYYY-MM-DD")
        days[day] = parse_spans(spans)
    if len(days) != len(value):
        raise ValueError("a day is given twice")
    return days


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of one place. `week` begins with Monday and has seven days."""

    zone: tzinfo
    week: tuple[Spans, ...] = (WHOLE_DAY,) * len(WEEKDAYS)
    special: Mapping[date, Spans] = field(default_factory=dict)

    def within_s(self, start: datetime, end: datetime) -> float:
        """Seconds of working time between two moments with zones; 0.0 when the second is not later."""
        covered = timedelta()
        for opens, closes in self._spans(start, end):
            covered += max(timedelta(), min(closes, end) - max(opens, start))
        return covered.total_seconds()

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans of all days from that of the start to that of the end, in UTC: a change of the clocks lengthens or
        shortens the span it falls into."""
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            for span in self.special.get(day, self.week[day.weekday()]):
                yield self._moment(day, span.first), self._moment(day, span.last)
            day += timedelta(days=1)

    def _moment(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, DAY_MINUTES)
        local = datetime.combine(day + timedelta(days=days), datetime.min.time(), self.zone)
        return (local.replace(hour=rest // 60, minute=rest % 60)).astimezone(UTC)
