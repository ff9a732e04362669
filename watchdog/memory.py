"""What the watchdog remembers over its own restart: when it was last alive, and the restarts of the last hour.

One small JSON file, replaced as a whole. A missing or damaged file is an empty memory, never a reason not to start.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchdog.instant import Instant, finite
from watchdog.ledger import sync_folder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """Of one process."""

    failures: int = 0
    slow_starts: int = 0
    budget_spent: bool = False
    restart_ages_s: tuple[float, ...] = ()
    """How long before `Memory.alive` each restart was. Ages, because the next boot has another monotonic clock."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Of everything. `alive` is the last moment at which the watchdog is known to have worked."""

    alive: Instant
    processes: dict[str, ProcessMemory] = field(default_factory=dict)


def load(path: Path) -> Memory | None:
    """The memory, or `None` when there is none that can be used."""
    try:
        return _from_body(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        log.warning("watchdog_memory_unusable reason=%s", error)
        return None


def save(path: Path, memory: Memory) -> None:
    """Replace the file; after a power cut it is the old one or the new one. Raises `OSError`."""
    draft = path.with_name(path.name + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(json.dumps(_to_body(memory), indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    sync_folder(path.parent)


def _to_body(memory: Memory) -> dict[str, Any]:
    return {
        "alive": memory.alive.to_body(),
        "processes": {
            name: {
                "failures": each.failures,
                "slow_starts": each.slow_starts,
                "budget_spent": each.budget_spent,
                "restart_ages_s": [round(age, 1) for age in each.restart_ages_s],
            }
            for name, each in memory.processes.items()
        },
    }


def _from_body(body: dict[str, Any]) -> Memory:
    return Memory(
        Instant.from_body(body["alive"]),
        {
            str(name): ProcessMemory(
                int(each["failures"]), int(each["slow_starts"]), bool(each["budget_spent"]),
                tuple(max(0.0, finite(age)) for age in each["restart_ages_s"]),
            )
            for name, each in body["processes"].items()
        },
    )
