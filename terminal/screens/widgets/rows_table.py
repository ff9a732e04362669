"""A table of two columns on a card: what, and how much.

The table never asks for more than its room: with many rows the lines move closer together, then the type gets smaller
down to the smallest that is allowed. What still does not fit is counted in the last line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from contracts.pages import Page, Row
from terminal.screens.look import load_rules
from terminal.screens.widgets.column import Column
from terminal.screens.widgets.rosters import MAX_ENTRIES, Roster
from terminal.screens.widgets.words import natural_width, wrapped_height

LEAST_LABEL_SHARE = 0.36
"""A long value leaves the label at least so much of the line."""
ROUNDING_PX = 2
"""Text is measured in fractions and laid out in whole pixels."""

Density = Sequence[float]
"""Least height of a line, air above and below its words together, size of type, size of a strong value: pixels."""


class RowLine(BoxLayout):
    """One line; the strong one stands on a tint."""

    label = StringProperty("")
    value = StringProperty("")
    strong = BooleanProperty(False)
    last = BooleanProperty(False)
    density = ListProperty([0, 0, 1, 1])
    label_share = NumericProperty(0.5)
    """Of the width: what the label needs, as far as the value leaves it."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        for name in ("label", "value", "strong", "width", "density"):
            self.fbind(name, self._arrange)
        self._arrange()

    def show(self, row: Row) -> None:
        self.label, self.value, self.strong = row.label, row.value, row.strong

    def forget(self) -> None:
        self.label = self.value = ""

    def height_at(self, density: Density) -> float:
        """Pixels that the line takes at that density, with words that wrap."""
        least, air, size, strong_size = density
        share, room = self._label_share(density), self._room()
        label, value = self.ids.label, self.ids.value
        words = max(
            wrapped_height(self.label, label.font_name, size, share * room, label.line_height),
            wrapped_height(self.value, value.font_name, strong_size if self.strong else size, (1 - share) * room,
                           value.line_height))
        return max(least + (air if self.strong else 0), words + air)

    def _arrange(self, *_: object) -> None:
        if self._room() > 0:
            self.label_share = self._label_share(self.density)
            self.height = self.height_at(self.density)

    def _room(self) -> float:
        return float(self.width - self.padding[0] - self.padding[2] - self.spacing)

    def _label_share(self, density: Density) -> float:
        _, _, size, strong_size = density
        room = max(1.0, self._room())
        label_needs = natural_width(self.label, self.ids.label.font_name, size) + ROUNDING_PX
        value_size = strong_size if self.strong else size
        value_needs = natural_width(self.value, self.ids.value.font_name, value_size) + ROUNDING_PX
        return min(label_needs, max(room - value_needs, room * LEAST_LABEL_SHARE)) / room


class RowsTable(Column):
    """All rows of the page."""

    absent = BooleanProperty(True)
    room = NumericProperty(0)
    """Pixels of height that the page leaves to the table; none before the page was laid out for the first time."""
    densities = ListProperty()
    """From the roomiest to the closest."""

    def __init__(self, **options: object) -> None:
        self._rows: tuple[Row, ...] = ()
        super().__init__(**options)
        self._roster = Roster(self, RowLine)
        for name in ("room", "width"):
            self.fbind(name, self._arrange)

    def show(self, page: Page) -> None:
        self._rows = page.rows
        self.absent = not page.rows
        self._arrange()

    def _arrange(self, *_: Any) -> None:
        lines = self._put(self._rows)
        for density in self.densities:
            heights = [line.height_at(density) for line in lines]
            if self._fits(heights) and len(lines) == len(self._rows):
                break
        else:
            lines = self._put(self._continued(heights))
        for line in lines:
            line.density = density
            line.last = line is lines[-1]

    def _put(self, rows: Sequence[Row]) -> list[RowLine]:
        lines = self._roster.resize(len(rows))
        for line, row in zip(lines, rows, strict=False):
            line.width = self.width
            line.show(row)
        return lines

    def _fits(self, heights: Sequence[float]) -> bool:
        return self.room <= 0 or sum(heights) + self.padding[1] + self.padding[3] <= self.room

    def _continued(self, heights: Sequence[float]) -> list[Row]:
        """The strong rows and as many others as fit, in their order, above a line that counts the rest."""
        numbers = sorted(range(len(heights)), key=lambda each: (not self._rows[each].strong, each))
        while len(numbers) >= MAX_ENTRIES or (
            len(numbers) > 1 and not self._fits([min(heights), *(heights[each] for each in numbers)])
        ):
            numbers.pop()
        left_out = len(self._rows) - len(numbers)
        return [*(self._rows[each] for each in sorted(numbers)), Row("…", f"+{left_out}")]


load_rules(__file__)
