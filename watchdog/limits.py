"""The numbers that supervision goes by."""

from __future__ import annotations

from dataclasses import dataclass

HOUR_S = 3600.0
STABLE_AFTER_S = 600.0
"""Ready for so long, a process has recovered: the next failure is a first one again."""
LONGEST_START_S = 600.0
"""However often a process was stopped for a slow start, it is given no longer than this."""
OWN_STALL_S = 5.0
"""A longer gap between two looks is the watchdog's or the machine's stall, and is held against nobody."""
TICK_S = 0.5
"""How often the watchdog looks."""
ABORT_GRACE_S = 2.0
"""A process that makes no progress is asked to print where it stands, and killed so soon after: clients are waiting."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the installer may set; see the `[watchdog]` section of the example configuration."""

    start_allowance_s: int = 60
    freeze_after_s: int = 30
    stop_grace_s: int = 10
    restart_backoff_first_s: int = 1
    restart_backoff_max_s: int = 60
    restarts_per_hour: int = 12
    slow_retry_s: int = 300

    def start_allowance(self, slow_starts: int) -> float:
        """Seconds until it must be ready: doubled after each start that was too slow, so that a slow disk or a long
        recovery is not stopped for ever."""
        return float(min(self.start_allowance_s * 2 ** min(slow_starts, 10), LONGEST_START_S))
