"""The watchdog's own faults, and the file that tells them to the service and the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from contracts.faults import ActiveFault, FaultCode
from contracts.supervision import Supervision
from watchdog.instant import Instant
from watchdog.watched import Watched


def own_faults(processes: Mapping[str, Watched]) -> tuple[ActiveFault, ...]:
    """What is wrong with the processes now: those that are down, and those whose hourly restarts are used up."""
    return tuple(ActiveFault(code, name) for name, each in processes.items() for code in _codes(each))


def say(path: Path, processes: Mapping[str, Watched], now: Instant) -> None:
    """Replace the file. It is of no use after a power cut, so nothing is synced. Raises `OSError`."""
    draft = path.with_name(path.name + ".draft")
    draft.write_bytes(Supervision(now.boot, now.monotonic_s, own_faults(processes)).encode())
    os.replace(draft, path)


def _codes(watched: Watched) -> list[FaultCode]:
    down = watched.down
    codes = [] if down is None or down.planned else [FaultCode(code) for code in down.faults]
    if watched.budget_spent and FaultCode.RESTART_BUDGET_SPENT not in codes:
        codes.append(FaultCode.RESTART_BUDGET_SPENT)
    return codes
