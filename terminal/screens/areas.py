"""Rectangles of the window: which of them to paint anew, and which together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

MAX_AREAS = 3
"""Painted one after the other in a frame: each costs a walk over all instructions."""
WORTH_IT = 0.6
"""Of the pixels of one area around all of them, at most; beyond that one walk is cheaper."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the window in pixels, from the bottom left."""

    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0

    @property
    def pixels(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.top - self.bottom)

    def joined(self, other: Area) -> Area:
        """The smallest area that covers both."""
        return Area(min(self.left, other.left), min(self.bottom, other.bottom),
                    max(self.right, other.right), max(self.top, other.top))

    def touches(self, other: Area) -> bool:
        return (self.left < other.right and other.left < self.right
                and self.bottom < other.top and other.bottom < self.top)

    def within(self, width: float, height: float) -> Area:
        """The part of it that is on a window of that size."""
        return Area(max(0.0, self.left), max(0.0, self.bottom), min(width, self.right), min(height, self.top))

    def in_pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, bottom, right and top of the whole pixels of a window of that size that it touches."""
        return (int(self.left), int(self.bottom),
                min(int(self.right + 1), width), min(int(self.top + 1), height))


def apart(areas: Iterable[Area]) -> list[Area]:
    """Areas that do not touch and together cover the given ones: few, and one if that paints little more."""
    separate: list[Area] = []
    for area in areas:
        while touched := next((each for each in separate if each.touches(area)), None):
            separate.remove(touched)
            area = area.joined(touched)
        if area.pixels:
            separate.append(area)
    if not separate:
        return []
    whole = reduce(Area.joined, separate)
    several = len(separate) <= MAX_AREAS and sum(each.pixels for each in separate) < WORTH_IT * whole.pixels
    return separate if several else [whole]
