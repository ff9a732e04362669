"""How long to wait before a restart: longer each time, and slowly once the hour's budget is spent. Never for ever."""

from __future__ import annotations

from dataclasses import dataclass

from watchdog.limits import HOUR_S, Limits

_MAX_DOUBLINGS = 16
QUICK_RESTARTS = 3
"""So many failures in a row are followed by the first, short pause: a client at the glass waits for the screen."""


@dataclass(frozen=True, slots=True)
class Pause:
    """What comes before the next start."""

    seconds: float
    budget_spent: bool


def recent(restarts: tuple[float, ...], now: float, limits: Limits) -> tuple[float, ...]:
    """The restarts that still count, oldest first; never more of them than the budget has."""
    return tuple(at for at in restarts if now - at < HOUR_S)[-limits.restarts_per_hour :]


def pause(failures: int, restarts: tuple[float, ...], now: float, limits: Limits) -> Pause:
    """The pause after that many failures in a row (1 for the first) with those restarts in the last hour."""
    if len(recent(restarts, now, limits)) >= limits.restarts_per_hour:
        return Pause(float(limits.slow_retry_s), budget_spent=True)
    doublings = min(max(failures - QUICK_RESTARTS, 0), _MAX_DOUBLINGS)
    seconds = min(limits.restart_backoff_first_s * 2**doublings, limits.restart_backoff_max_s)
    return Pause(float(seconds), budget_spent=False)
