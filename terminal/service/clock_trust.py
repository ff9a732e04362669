"""Whether the wall clock may be believed when something is decided by it that cannot be undone.

A clock that was put back is told by the journal's own records. One that was put forward is told by nobody but the
fiscal register, whose clock goes on by itself and is followed only in small steps.
"""

from __future__ import annotations

from datetime import timedelta

from contracts.faults import FaultCode
from terminal.ports.clock import Clock
from terminal.service.health import Health
from terminal.service.register_watch import RegisterWatch

CLOCKS_AGREE = timedelta(minutes=5)
"""What the clocks of terminal and register may differ by, as in the catalogue's FR07."""


class ClockTrust:
    def __init__(self, clock: Clock, health: Health, watch: RegisterWatch) -> None:
        self._clock = clock
        self._health = health
        self._watch = watch

    def doubt(self) -> str:
        """Why the wall clock is not believed now, for technicians; empty when it is."""
        if any(fault.code is FaultCode.CLOCK_UNTRUSTED for fault in self._health.faults):
            return "часы терминала стоят раньше записей журнала"
        last = self._watch.last
        if last is None or last.clock is None:
            return "часы терминала не с чем сверить: регистратор не назвал время"
        shown = last.clock + timedelta(seconds=self._clock.monotonic() - self._watch.looked_at)
        apart = abs(shown - self._clock.now().replace(tzinfo=None))
        return "часы терминала и регистратора расходятся" if apart > CLOCKS_AGREE else ""
