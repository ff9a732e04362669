"""When a shift must be closed: not later than 24 hours after it was opened, by the register's own clock.

54-ФЗ, ст. 4.3 п. 2: no receipt may be formed later than 24 hours after the report on opening the shift.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from fiscal.register_port import ShiftState

LIMIT = timedelta(hours=24)
MARGIN = timedelta(minutes=30)
"""A shift is closed this much before the limit, so that no visit that has begun runs into it."""


def state_of(opened_at: datetime | None, register_clock: datetime) -> ShiftState:
    """State of a shift opened at `opened_at` (None: no shift is open). Both times are the register's, without zone."""
    if opened_at is None:
        return ShiftState.CLOSED
    return ShiftState.OVERDUE if register_clock - opened_at >= LIMIT else ShiftState.OPEN


def time_left(opened_at: datetime, register_clock: datetime) -> timedelta:
    """How long receipts may still be formed; never negative."""
    return max(timedelta(0), LIMIT - (register_clock - opened_at))


def must_close(opened_at: datetime, register_clock: datetime, margin: timedelta = MARGIN) -> bool:
    """Whether the shift should be closed between two visits now. A register whose clock went back before the
    opening is not a reason: its clock is a fault of its own."""
    return register_clock - opened_at >= LIMIT - margin


def close_at(opened_at: datetime, wanted: datetime | None = None, margin: timedelta = MARGIN) -> datetime:
    """When to close: at the wanted moment (end of the business day) if that is in time, else before the limit."""
    latest = opened_at + LIMIT - margin
    return latest if wanted is None or not opened_at < wanted <= latest else wanted
