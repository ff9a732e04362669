"""The part of a page between the bars: content, and the controls that stay in reach.

On a portrait panel the controls stand under the content, in the lower half of the glass; on a landscape panel at
its right. A page kind is a subclass with a kv rule that names its blocks; a block is any widget with `show(page)`.
"""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.layout import Layout
from kivy.uix.widget import Widget

from contracts.pages import Page, PageKind
from terminal.screens.look import load_rules
from terminal.screens.widgets.column import Column
from terminal.screens.widgets.rows_table import RowsTable


class Content(Column):
    """What is read."""

    bleed = BooleanProperty(False)
    """Drawn to the edges of the panel, without a margin."""


class Controls(Column):
    """What is touched, and the figures and digits that belong to it."""

    absent = BooleanProperty(False)


class PageBody(Layout):
    """Base of all kinds of page."""

    landscape = BooleanProperty(False)
    margin = NumericProperty(0)
    content_share = NumericProperty(0.55)
    """Of the width of a landscape panel."""

    def __init__(self, kind: PageKind, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind
        self._blocks = [widget for widget in self.walk(restrict=True) if widget is not self and hasattr(widget, "show")]
        self._tables = [block for block in self._blocks if isinstance(block, RowsTable)]
        self._content = next(child for child in self.children if isinstance(child, Content))
        self._controls = next(child for child in self.children if isinstance(child, Controls))
        self.fbind("pos", self._trigger_layout)
        self._controls.fbind("minimum_height", self._trigger_layout)
        self._content.fbind("minimum_height", self._trigger_layout)

    def show(self, page: Page) -> None:
        """Put the page's values into the blocks, in place."""
        for block in self._blocks:
            block.show(page)
        self._trigger_layout()

    def wipe(self) -> None:
        """Forget everything personal: no widget of a hidden page keeps a text."""
        self.show(Page(number=0, kind=self.kind, language="", heading=""))

    def do_layout(self, *_: Any) -> None:
        needed = self._controls.minimum_height
        if self.landscape:
            self._place_side_by_side(self._has_controls())
        else:
            self._place_stacked(needed)
        for table in self._tables:
            if table.parent is self._content:
                table.room = self._content.room_for(table)

    def _has_controls(self) -> bool:
        return any(not getattr(block, "absent", False) for block in self._controls.children)

    def _place_side_by_side(self, has_controls: bool) -> None:
        bleed, margin = self._content.bleed, self.margin
        edge = self.width * self.content_share if has_controls else self.width
        inset = 0 if bleed else margin
        _frame(self._content, self.x + inset, self.y + inset, edge - (0 if bleed else 2 * margin),
               self.height - 2 * inset)
        gutter = margin if bleed else 0
        _frame(self._controls, self.x + edge + gutter, self.y + margin, self.width - edge - gutter - margin,
               self.height - 2 * margin)

    def _place_stacked(self, needed: float) -> None:
        bleed, margin = self._content.bleed, self.margin
        _frame(self._controls, self.x + margin, self.y + margin, self.width - 2 * margin, needed)
        floor = self.y + margin + (needed + margin if self._has_controls() else 0)
        inset = 0 if bleed else margin
        _frame(self._content, self.x + inset, floor, self.width - 2 * inset, self.top - inset - floor)


def _frame(widget: Widget, x: float, y: float, width: float, height: float) -> None:
    widget.pos = (round(x), round(y))
    widget.size = (round(width), round(max(0.0, height)))


load_rules(__file__)
