"""Blocks whose number of entries changes from page to page: they keep the widgets that they can use again."""

from __future__ import annotations

from collections.abc import Callable

from kivy.uix.widget import Widget

MAX_ENTRIES = 24
"""A page with more would not fit any panel; what is beyond is not drawn."""


def resize(column: Widget, count: int, make: Callable[[], Widget]) -> list[Widget]:
    """Give the column exactly so many children, in order from the top, and return them."""
    count = min(count, MAX_ENTRIES)
    while len(column.children) > count:
        column.remove_widget(column.children[0])
    while len(column.children) < count:
        column.add_widget(make())
    return list(reversed(column.children))
