"""One measured figure with what it is compared to and what it should be."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Judged(StrEnum):
    """What a goal is set for."""

    VALUE = "value"
    RATIO = "ratio"
    """Value by baseline."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the samples behind a figure lie apart, in the figure's unit."""

    count: int
    median: float
    p95: float
    least: float
    most: float

    def body(self) -> dict[str, Any]:
        return {"count": self.count, "median": round(self.median, 4), "p95": round(self.p95, 4),
                "range": [round(self.least, 4), round(self.most, 4)]}


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure. Without a `baseline` the goal is for the value itself; `at_least` turns it round. Some figures have
    no goal: they stand beside one that has."""

    value: float
    unit: str
    goal: float | None
    baseline: float | None = None
    at_least: bool = False
    spread: Spread | None = None
    remark: str = ""
    """Where the figure comes from, when the name does not say it all."""

    @property
    def ratio(self) -> float | None:
        return None if self.baseline is None else self.value / self.baseline

    @property
    def judged(self) -> Judged:
        return Judged.VALUE if self.baseline is None else Judged.RATIO

    @property
    def met(self) -> bool | None:
        """None without a goal."""
        if self.goal is None:
            return None
        figure = self.value if self.ratio is None else self.ratio
        return figure >= self.goal if self.at_least else figure <= self.goal

    @property
    def goal_text(self) -> str:
        if self.goal is None:
            return ""
        return f"{self.judged} {'>=' if self.at_least else '<='} {self.goal:g}"

    def body(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "value": round(self.value, 4), "unit": self.unit,
            "baseline": None if self.baseline is None else round(self.baseline, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "goal": self.goal_text or None, "met": self.met,
            "spread": None if self.spread is None else self.spread.body(), "remark": self.remark,
        }


Result = dict[str, Measured]


def spread_of(samples: Sequence[float]) -> Spread:
    """Raises `ValueError` for fewer than two samples: they say nothing about a spread."""
    if len(samples) < 2:
        raise ValueError(f"{len(samples)} samples have no spread")
    p95 = statistics.quantiles(samples, n=20, method="inclusive")[-1]
    return Spread(len(samples), statistics.median(samples), p95, min(samples), max(samples))


def from_entries(entries: dict[str, dict[str, Any]]) -> Result:
    """Figures given as plain dictionaries of `value`, `unit`, `baseline` and the number that is the `goal`."""
    return {
        name: Measured(float(each["value"]), str(each["unit"]), float(each["goal"]), each["baseline"])
        for name, each in entries.items()
    }
