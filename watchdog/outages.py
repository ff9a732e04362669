"""Outages as the ledger keeps them, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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

    def noticed_after(self) -> Length:
        """How long nobody knew."""
        return length(self.started, self.detected)


@dataclass(frozen=True, slots=True)
class Totals:
    """What outages add up to. Outages at the same time are counted once."""

    unplanned: int
    unplanned_s: float
    planned: int
    planned_s: float
    longest_s: float
    """Longest unplanned one."""
    over_limit: int
    """Unplanned ones longer than `LIMIT_S`, by the clock round the day."""


def totals(outages: Iterable[Outage], now: Instant) -> Totals:
    """Add up. Each outage counts from its start by the wall clock for as long as it lasted by the better clock, so
    that a jump of the wall clock lengthens nothing."""
    unplanned: list[Outage] = []
    planned: list[Outage] = []
    for each in outages:
        (planned if each.planned else unplanned).append(each)
    lengths = [each.lasted(now).seconds for each in unplanned]
    return Totals(
        unplanned=len(unplanned),
        unplanned_s=_covered_s(unplanned, now),
        planned=len(planned),
        planned_s=_covered_s(planned, now),
        longest_s=max(lengths, default=0.0),
        over_limit=sum(each > LIMIT_S for each in lengths),
    )


def _covered_s(outages: list[Outage], now: Instant) -> float:
    covered = 0.0
    reached = datetime.min.replace(tzinfo=UTC)
    for each in sorted(outages, key=lambda outage: outage.started.wall):
        start = each.started.wall
        end = start + timedelta(seconds=each.lasted(now).seconds)
        if end > reached:
            covered += (end - max(start, reached)).total_seconds()
            reached = end
    return covered
