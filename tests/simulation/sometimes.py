"""What must have happened in a batch of some size, or the batch has not tested what it says."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.line_faults import FaultKind
from terminal.payments.payment import FOLLOWS
from tests.simulation.batch import Findings
from tests.simulation.blackouts import POWER_GROUPS
from tests.simulation.disk import Fate
from tests.simulation.host_line import FAULTS
from tests.simulation.mishaps import DEVICE_MISHAPS
from tests.simulation.strikes import STRUCK_AT

ENOUGH_RUNS = 300
"""A smaller batch need not have met everything."""

PLACES = (
    "disk-write", "disk-sync", "disk-synced", "mirror-write", "mirror-sync", "mirror-synced", "acknowledged",
    "line-write", "line-written", "line-answer", "line-heard", "http-send", "http-acted", "http-answered",
)
"""Where the terminal's computer must have died."""
MOMENTS = (
    "cut-during-recovery", "cut-in-service", "process-halts", "disk-full", "disk-write-fails", "disk-sync-fails",
    "disk-read-fails", "log-goes-bad", "host-unreachable", "client-inserts", "client-walks-away",
    "client-exits-with-escrow", "client-double-taps", "client-pushes-blindly", "client-sees-outcome",
    "client-sees-unknown-outcome",
)
RECORDS = (
    "C10>C20", "C10>C30", "C10>C40", "C20>C10", "C30>C10", "F10>F15", "F15>F10", "F10>F20", "F20>F30", "S10>S05",
    "S00>S05", "S20>S30", "S20>S31", "S20>F10", "F30>S40",
)
"""Records of one payment that must have followed each other."""


def required() -> Iterator[str]:
    """Names of everything that must have happened, faults first."""
    yield from MOMENTS
    yield from (f"cut-at-{place}" for place in PLACES)
    yield from (f"cut-{'+'.join(group)}" for group in POWER_GROUPS)
    yield from (f"disk-{fate}" for fate in Fate)
    yield from (f"line-{kind}" for kind in FaultKind)
    yield from (f"host-{fault}" for fault in FAULTS)
    yield from DEVICE_MISHAPS
    yield from (f"strike-at-{moment}" for moment in STRUCK_AT)
    yield from RECORDS
    yield from (f"{before}>{after}" for before, states in FOLLOWS.items() for after in sorted(states))


def coverage(found: Findings) -> dict[str, int]:
    """Each required name with how often it has happened."""
    return {name: found.happened[name] or found.edges[name] for name in required()}


def missing(found: Findings) -> list[str]:
    """Names of what has not happened in a batch that is large enough."""
    if found.runs < ENOUGH_RUNS:
        return []
    return [name for name, count in coverage(found).items() if not count]
