"""Blocks whose number of entries changes from page to page: widgets are kept and used again, for they are dear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from kivy.uix.widget import Widget

MAX_ENTRIES = 24
"""A page with more would not fit any panel; what is beyond is not drawn."""


class Entry(Protocol):
    """A widget that stands for one entry of a page."""

    def forget(self) -> None:
        """Keep nothing of the entry that it has shown."""


E = TypeVar("E", bound=Entry)


class Roster(Generic[E]):
    """The entries in a column, and those that wait to be needed again."""

    def __init__(self, column: Widget, make: Callable[[], E]) -> None:
        self._column = column
        self._make = make
        self._spare: list[E] = []
        self._present: list[E] = []

    def resize(self, count: int) -> list[E]:
        """Give the column exactly so many entries, in order from the top, and return them."""
        count = min(count, MAX_ENTRIES)
        while len(self._present) > count:
            entry = self._present.pop()
            self._column.remove_widget(entry)
            entry.forget()
            self._spare.append(entry)
        while len(self._present) < count:
            entry = self._spare.pop() if self._spare else self._make()
            self._present.append(entry)
            self._column.add_widget(entry)
        return self._present
