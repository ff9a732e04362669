"""A table of two columns on a card: what, and how much."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from contracts.pages import Page
from terminal.screens.look import load_rules
from terminal.screens.widgets.column import Column
from terminal.screens.widgets.rosters import Roster
from terminal.screens.widgets.words import natural_width

LEAST_LABEL_SHARE = 0.36
"""A long value leaves the label at least so much of the line."""
ROUNDING_PX = 2
"""Text is measured in fractions and laid out in whole pixels."""


class RowLine(BoxLayout):
    """One line; the strong one stands on a tint."""

    label = StringProperty("")
    value = StringProperty("")
    strong = BooleanProperty(False)
    last = BooleanProperty(False)
    dense = BooleanProperty(False)
    least_height = NumericProperty(0)
    """Pixels."""
    air = NumericProperty(0)
    """Above and below the words together, pixels."""
    label_share = NumericProperty(0.5)
    """Of the width: what the label needs, as far as the value leaves it."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        for name in ("label", "value", "strong", "width"):
            self.fbind(name, self._share_out)
        self._share_out()

    def forget(self) -> None:
        self.label = self.value = ""

    def _share_out(self, *_: object) -> None:
        room = self.width - self.padding[0] - self.padding[2] - self.spacing
        if room <= 0:
            return
        label, value = self.ids.label, self.ids.value
        label_needs = natural_width(self.label, label.font_name, label.wanted) + ROUNDING_PX
        value_needs = natural_width(self.value, value.font_name, value.wanted) + ROUNDING_PX
        spared = max(room - value_needs, room * LEAST_LABEL_SHARE)
        self.label_share = min(label_needs, spared) / room


class RowsTable(Column):
    """All rows of the page."""

    absent = BooleanProperty(True)
    dense = BooleanProperty(False)
    """Closer lines, for a page whose content would not fit otherwise."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._roster = Roster(self, RowLine)

    def on_dense(self, _: object, dense: bool) -> None:
        for line in self.children:
            line.dense = dense

    def show(self, page: Page) -> None:
        self.absent = not page.rows
        lines = self._roster.resize(len(page.rows))
        for line, row in zip(lines, page.rows, strict=False):
            line.label, line.value, line.strong = row.label, row.value, row.strong
            line.last = line is lines[-1]
            line.dense = self.dense


load_rules(__file__)
