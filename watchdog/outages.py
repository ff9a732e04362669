"""Outages as the ledger keeps them, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.working_hours import WorkingHours
from watchdog.instant import Instant, Length, length
from watchdog.watched import Cause

LIMIT_S = 3600.0
"""An outage must not be longer than 60 minutes within working hours (requirement R-21)."""


@dataclass(frozen=True, slots=True)
class Outage:
    """One interval during which the terminal, or one process of it, was out of order."""

    number: int
    """1, 2, 3 … in one ledger."""
    subject: str
    """`terminal`, `service` or `kiosk`."""
    cause: Cause
    planned: bool
    started: Instant
    detected: Instant
    faults: tuple[str, ...] = ()
    """Codes of the fault catalogue."""
    detail: str = ""
    ended: Instant | None = None
    """`None` while it goes on."""

    def lasted(self, now: Instant) -> Length:
        """How long it lasted, or has lasted until now."""
        return length(self.started, self.ended or now)

    def span(self, now: Instant) -> tuple[datetime, datetime]:
        """From its start by the wall clock for as long as it lasted by the better clock, so that a jump of the wall
        clock lengthens nothing."""
        start = self.started.wall
        return start, start + timedelta(seconds=self.lasted(now).seconds)

    def noticed_after(self) -> Length:
        """How long nobody knew."""
        return length(self.started, self.detected)


@dataclass(frozen=True, slots=True)
class Totals:
    """What outages add up to. Outages at the same time are counted once."""

    unplanned: int
    unplanned_s: float
    unplanned_working_s: float
    """The part of it within working hours."""
    planned: int
    planned_s: float
    planned_working_s: float
    longest_s: float
    """Longest unplanned one, round the clock."""
    longest_working_s: float
    """Most working time that one unplanned outage took."""
    over_limit: int
    """Unplanned ones that took more than `LIMIT_S` of working time."""


def totals(outages: Iterable[Outage], now: Instant, hours: WorkingHours) -> Totals:
    """Add up, round the clock and within working hours."""
    unplanned: list[Outage] = []
    planned: list[Outage] = []
    for each in outages:
        (planned if each.planned else unplanned).append(each)
    working = [hours.within_s(*each.span(now)) for each in unplanned]
    dark, planned_dark = _covered(unplanned, now), _covered(planned, now)
    return Totals(
        unplanned=len(unplanned),
        unplanned_s=_seconds(dark),
        unplanned_working_s=sum(hours.within_s(*each) for each in dark),
        planned=len(planned),
        planned_s=_seconds(planned_dark),
        planned_working_s=sum(hours.within_s(*each) for each in planned_dark),
        longest_s=max((each.lasted(now).seconds for each in unplanned), default=0.0),
        longest_working_s=max(working, default=0.0),
        over_limit=sum(each > LIMIT_S for each in working),
    )


def _covered(outages: Iterable[Outage], now: Instant) -> list[tuple[datetime, datetime]]:
    """The time that at least one of them took, as spans that do not overlap."""
    covered: list[tuple[datetime, datetime]] = []
    reached = datetime.min.replace(tzinfo=UTC)
    for start, end in sorted(each.span(now) for each in outages):
        if end > reached:
            covered.append((max(start, reached), end))
            reached = end
    return covered


def _seconds(spans: Sequence[tuple[datetime, datetime]]) -> float:
    return sum((end - start).total_seconds() for start, end in spans)
