"""The computer's clocks: the monotonic one is the loop's, the wall clock can be put forward and back."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.support.virtual_loop import VirtualClock


class SimulatedClock(VirtualClock):
    """Implements `ports.clock.Clock`. `error` is how far the wall clock stands before the true time."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.error = timedelta(0)

    def true_now(self) -> datetime:
        return super().now()

    def now(self) -> datetime:
        return super().now() + self.error
