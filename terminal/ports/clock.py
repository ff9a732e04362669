"""Time as the service may read it.

Waiting is done with `asyncio.sleep` and `asyncio.timeout`, which follow the running loop's clock; `monotonic` is that
same clock, so that a loop on virtual time moves both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds that never go back; for durations and deadlines only."""
        ...

    def now(self) -> datetime:
        """Zone-aware wall time in the terminal's own zone; for records and business dates, never for durations."""
        ...
