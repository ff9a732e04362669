"""When readings are taken: the calendar of a monthly acceptance window. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from terminal.metering.meter import ReadingWindow

LOOK_AHEAD_DAYS = 63
"""Longer than two months: a window on the 31st opens again after a short month."""


def opens_on(window: ReadingWindow, today: date) -> date | None:
    """The first day from today on at which readings are taken; None for a window that never opens."""
    days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS))
    return next((day for day in days if window.contains(day)), None)


def closes_on(window: ReadingWindow, today: date) -> date | None:
    """The last day of the window that is open today; None when none is, or when it never closes."""
    if not window.contains(today):
        return None
    days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS))
    after = next((day for day in days if not window.contains(day)), None)
    return None if after is None else after - timedelta(days=1)
