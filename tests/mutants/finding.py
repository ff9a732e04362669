"""What a search has brought, as one line of JSON between two processes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MOST_RUNS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is searched: seconds of the processor's time, and runs."""

    seconds: float
    runs: int = MOST_RUNS


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is the first violation; empty when nothing was found."""

    text: str
    runs: int
    seconds: float
    seed: int = 0

    def line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def finding_from(line: str) -> Finding:
    """Raises `ValueError` or `TypeError` for what is no finding."""
    return Finding(**json.loads(line))
