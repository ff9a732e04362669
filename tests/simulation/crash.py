"""Places where the terminal's computer can die: every one is counted, and a plan says at which the power goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain


class Dead(BaseException):
    """The service's process has ceased to exist at this very instant; nothing of it may handle this."""


@dataclass(frozen=True, slots=True)
class Cut:
    """When the computer dies next: so many crash points from now or, with `records`, after so many more records about
    payments have been written; at the latest after `PATIENCE` crash points."""

    points: int
    records: int = 0
    place: str = ""
    """A kind of place: the next one, after the records, ends the waiting."""


PATIENCE = 500


class CrashPoints:
    """`here` is called at every crash point; `plan` tells when the computer dies. A plan that ends means no more
    deaths."""

    def __init__(self, plan: Iterator[Cut], die: Callable[[str], None]) -> None:
        self.passed = 0
        """Since the beginning of the run."""
        self.deaths = 0
        self.places: Counter[str] = Counter()
        """Deaths by the kind of place."""
        self._plan = plan
        self._die = die
        self._left = -1
        self._records = 0
        self._then = Cut(0)
        self._place = ""
        self._next()

    def _next(self) -> None:
        cut = next(self._plan, None)
        self._place = ""
        if cut is None:
            self._left, self._records = -1, 0
        elif cut.records:
            self._left, self._records, self._then = PATIENCE, cut.records, cut
        else:
            self._left, self._records, self._place = cut.points, 0, cut.place

    def record_written(self) -> None:
        """A record about a payment has become durable."""
        if self._records:
            self._records -= 1
            if not self._records:
                self._left, self._place = self._then.points, self._then.place

    def hurry(self, points: int, peace: int) -> None:
        """The next death comes after so many crash points at the latest, planned or not, and whatever else is planned
        not before `peace` more."""
        is_planned = self._left >= 0
        self._left, self._records = min(self._left, points) if is_planned else points, 0
        self._plan = chain((Cut(peace),), self._plan) if is_planned else self._plan

    def rest(self, points: int) -> None:
        """Nobody dies before so many crash points have been passed."""
        if self._left >= 0:
            self._left, self._records = max(self._left, points), 0

    def here(self, place: str) -> bool:
        """Pass a crash point. True when the terminal is dead now; the caller raises `Dead` if it is part of it."""
        self.passed += 1
        if self._left < 0:
            return False
        self._left -= 1
        if self._left >= 0 and place != self._place:
            return False
        self.deaths += 1
        self.places[place] += 1
        self._next()
        self._die(place)
        return True

    def stop(self) -> None:
        """From now on nobody dies: the calm begins."""
        self._left, self._records = -1, 0
        self._plan = iter(())
