"""Progress of a process as its life signs show it: counters that must grow, and what excuses one that does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contracts.faults import FaultCode
from contracts.life_signs import LifeSign

VITAL: Mapping[str, Mapping[str, tuple[FaultCode, ...]]] = {
    "service": {"loop_ticks": (), "acceptor_polls": (FaultCode.ACCEPTOR_SILENT,)},
    "kiosk": {"loop_ticks": (), "frames": ()},
}
"""Counters that must grow, and the faults that explain why one cannot: no polls are answered by a silent acceptor,
and restarting the service would not make it speak."""
ALWAYS = "loop_ticks"
"""Must grow from the start; the others from when they are first reported, for what has not begun cannot stop."""


@dataclass(frozen=True, slots=True)
class Progress:
    """For each vital counter its value and when it last grew, by the watchdog's monotonic clock."""

    values: Mapping[str, int] = field(default_factory=dict)
    grew_s: Mapping[str, float] = field(default_factory=dict)

    def shifted(self, seconds: float) -> Progress:
        """As if everything had grown that much later: the watchdog itself was not looking."""
        return replace(self, grew_s={name: at + seconds for name, at in self.grew_s.items()})

    def stalled_since(self) -> tuple[str, float]:
        """The counter that has stood still for longest, and since when."""
        name = min(self.grew_s, key=lambda each: self.grew_s[each])
        return name, self.grew_s[name]


def begin(now: float) -> Progress:
    """A process that has just become ready."""
    return Progress({}, {ALWAYS: now})


def observe(progress: Progress, sign: LifeSign, now: float) -> Progress:
    """What is known after one more life sign."""
    values, grew = dict(progress.values), dict(progress.grew_s)
    for name, excuses in VITAL.get(sign.process, {ALWAYS: ()}).items():
        value = sign.counters.get(name)
        if value is None:
            continue
        excused = any(code in sign.faults for code in excuses)
        if excused or name not in values or value > values[name]:
            grew[name] = now
        values[name] = value
    return Progress(values, grew)
