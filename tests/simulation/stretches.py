"""What the branches tell, put together: how many pairs of cuts there are, and what became of each.

A branch is a row of stretches: from a death to the power, from there to an open journal, from there to its end. A
stretch of which a branch tells no end but another stretch has joined that one, which was played once for all.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

ROOT = "root"
"""The visit that nothing happens to."""
END = ""
ELSEWHERE = "another share"


class Stretches:
    """`hear` every line; after `close` the figures stand."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.pairs = 0
        """First cuts, times the cuts into the recovery from each, times what becomes of unsynced writes."""
        self.played = 0
        """Branches that were played to the end."""
        self.first_cuts = 0
        self.states = 0
        """Different ones after the first cut."""
        self._firsts: Counter[str] = Counter()
        self._following: dict[str, str] = {}
        self._pairs: dict[str, int] = {}

    def hear(self, told: dict[str, Any]) -> None:
        """One line of a branch."""
        if told.get("violations"):
            self.violations += [f"{' then '.join(told['at'])}: {each}" for each in told["violations"]]
        if "first" in told:
            self._firsts[told["first"]] += 1
        elif "next" in told:
            self._following[told["stretch"]] = told["next"]
            self._pairs[told["stretch"]] = told.get("pairs", 0)
            self.played += told["next"] == END and told["stretch"] != ROOT

    @property
    def progress(self) -> str:
        told = len(self._following)
        return f"{told:,} stretches, {self.played:,} played to the end, {len(self.violations)} violations"

    @property
    def joined(self) -> int:
        return max(0, self.pairs - self.played)

    def close(self) -> None:
        """All has been heard. A stretch without an end is a violation: somebody relied on it."""
        for name in self._following:
            self._check(name)
        states = set()
        for name, count in self._firsts.items():
            if self._following.get(name) == ELSEWHERE:
                continue
            states.add(self._following.get(name, END))
            self.first_cuts += count
            self.pairs += count * self._pairs_from(name)
        self.states = len(states)

    def _check(self, name: str) -> None:
        following = self._following[name]
        if following not in (END, ELSEWHERE) and following not in self._following:
            self.violations.append(f"nobody has played {following} to its end")

    def _pairs_from(self, name: str) -> int:
        count = 0
        while name not in (END, ELSEWHERE):
            count += self._pairs.get(name, 0)
            name = self._following.get(name, END)
        return count
