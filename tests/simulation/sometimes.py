"""What must have happened in a batch of some size, or the batch has not tested what it says."""

from __future__ import annotations

from collections.abc import Mapping

from tests.simulation.batch import Findings
from tests.simulation.mishaps import DEVICE_MISHAPS

ENOUGH_RUNS = 200
"""A smaller batch need not have met everything."""

FAULTS: Mapping[str, str] = {}


def missing(found: Findings) -> list[str]:
    """Names of what has not happened in a batch that is large enough."""
    if found.runs < ENOUGH_RUNS:
        return []
    return [name for name in DEVICE_MISHAPS if not found.happened[name]]
