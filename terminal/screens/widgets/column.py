"""One thing under another: the only layout that pages use. What is absent takes no room and no gap."""

from __future__ import annotations

from typing import Any

from kivy.properties import NumericProperty, OptionProperty, VariableListProperty
from kivy.uix.layout import Layout
from kivy.uix.widget import Widget

OFF_THE_GLASS_PX = -20_000
"""Where an absent widget waits, so that it is neither drawn nor hit."""


class Column(Layout):
    """Stacks its children from the top. A child with a `size_hint_y` shares what room is left.

    `pack` says where the stack stands when no child is flexible.
    """

    padding = VariableListProperty([0, 0, 0, 0])
    gap = NumericProperty(0)
    pack = OptionProperty("top", options=("top", "middle", "bottom"))
    minimum_height = NumericProperty(0)
    """Pixels that the children need at least, padding and gaps included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in ("padding", "gap", "pack", "size", "pos", "children"):
            self.fbind(name, self._trigger_layout)

    def add_widget(self, widget: Widget, *args: Any, **options: Any) -> None:
        if hasattr(widget, "absent"):
            widget.fbind("absent", self._trigger_layout)
        super().add_widget(widget, *args, **options)

    def remove_widget(self, widget: Widget, *args: Any, **options: Any) -> None:
        if hasattr(widget, "absent"):
            widget.funbind("absent", self._trigger_layout)
        super().remove_widget(widget, *args, **options)

    def do_layout(self, *_: Any) -> None:
        present = [child for child in reversed(self.children) if not _put_away(child)]
        left, top, right, bottom = self.padding
        wanted = {child: _least_height(child) for child in present}
        self.minimum_height = sum(wanted.values()) + self.gap * max(0, len(present) - 1) + top + bottom
        spare = max(0.0, self.height - self.minimum_height)
        shares = sum(child.size_hint_y or 0 for child in present)
        y = self.top - top - self._lead(spare if not shares else 0.0)
        for child in present:
            height = wanted[child] + (spare * child.size_hint_y / shares if child.size_hint_y else 0)
            y -= height
            _place(child, self.x + left, y, self.width - left - right, height)
            y -= self.gap

    def room_for(self, widget: Widget) -> float:
        """Pixels of height that its other children leave to a child."""
        others = [each for each in self.children if each is not widget and not getattr(each, "absent", False)]
        _, top, _, bottom = self.padding
        return float(self.height - sum(map(_least_height, others)) - self.gap * len(others) - top - bottom)

    def _lead(self, spare: float) -> float:
        return {"top": 0.0, "middle": spare / 2, "bottom": spare}[self.pack]


def _put_away(child: Widget) -> bool:
    away = bool(getattr(child, "absent", False))
    child.opacity = 0 if away else 1
    if away:
        child.pos = (OFF_THE_GLASS_PX, OFF_THE_GLASS_PX)
    return away


def _least_height(child: Widget) -> float:
    if child.size_hint_y:
        return float(child.size_hint_min_y or 0)
    return float(child.height)


def _place(child: Widget, x: float, y: float, room: float, height: float) -> None:
    if child.size_hint_x:
        child.width = room * child.size_hint_x
    child.height = height
    child.pos = (round(x), round(y))
