"""Draws only what has changed, where a frame is drawn without a graphics card.

Mesa's software renderers keep a window's picture from frame to frame and take tens of milliseconds to paint a whole
panel, so a digit that was typed must not cost a page. Each frame the widgets are asked which of their drawing
instructions have changed; the areas that these widgets covered before and cover now are painted anew, everything in
them, and nothing beside them. A graphics card swaps two pictures and paints a panel in no time: there every frame is
drawn whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from kivy import kivy_shader_dir
from kivy.cache import Cache
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RENDERER, GL_SCISSOR_TEST, glDisable, glEnable, glGetString, glScissor
from kivy.metrics import mm
from kivy.uix.widget import Widget

from terminal.screens.areas import Area, apart
from terminal.screens.sheet import Copy, Pixels, Sheet, find_copy

KEEPS_ITS_PICTURE = ("llvmpipe", "softpipe")
"""Renderers whose swap copies the picture to the screen instead of exchanging two of them (Mesa, `GL_RENDERER`)."""
BEYOND_THE_EDGE_MM = 0.8
"""Outlines are drawn along the edge of a widget, half of them outside it."""
A_PIXEL = Area(0.0, 0.0, 1.0, 1.0)
"""Painted when nothing has changed, because only drawing tells Kivy that a frame is done."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a widget covered in the last frame that it had a part in."""

    area: Area
    children: tuple[int, ...]


class Redrawing:
    """Takes the place of Kivy's own drawing of a frame; `draw` is for the window's event `on_draw`."""

    def __init__(self, root: Widget) -> None:
        self._root = root
        self._drawn: WeakKeyDictionary[Widget, _Drawn] = WeakKeyDictionary()
        self._size: tuple[int, int] | None = None
        self._partial = any(name in glGetString(GL_RENDERER).decode() for name in KEEPS_ITS_PICTURE)
        self.copy: Copy | None = find_copy() if self._partial else None
        """How a sheet is put on the window; without it the window itself is painted, from the next whole frame on."""
        self._sheet: Sheet | None = None
        if self._partial:
            _fill_unfiltered()

    @property
    def on_a_sheet(self) -> bool:
        """Whether the last frame was painted in memory."""
        return self._sheet is not None

    def paint_whole(self) -> None:
        """The next frame is painted whole, whatever has changed."""
        self._size = None

    def draw(self, _: object) -> bool:
        """Paint what has changed. False leaves a whole frame to Kivy."""
        if not self._partial:
            return False
        size = Window.system_size
        changed = [area.within(*size) for area in self._changes(self._root)]
        if size != self._size:
            self._size, changed = size, [Area(0.0, 0.0, *size)]
            self._sheet = Sheet(size, self.copy) if self.copy else None
        self._paint([area.in_pixels(*size) for area in apart(changed) or [A_PIXEL]])
        return True

    def _paint(self, areas: Sequence[Pixels]) -> None:
        if self._sheet is not None:
            self._sheet.paint(areas)
            return
        glEnable(GL_SCISSOR_TEST)
        for left, bottom, right, top in areas:
            glScissor(left, bottom, right - left, top - bottom)
            Window.clear()
            Window.render_context.draw()
        glDisable(GL_SCISSOR_TEST)

    def _changes(self, widget: Widget) -> Iterator[Area]:
        """Where this widget and those in it look different now. A change flags all canvases above it."""
        if not widget.canvas.needs_redraw:
            return
        drawn = _Drawn(_covered(widget), tuple(child.uid for child in widget.children))
        before = self._drawn.get(widget, _Drawn(Area(), ()))
        self._drawn[widget] = drawn
        if before.children != drawn.children or _own_part_changed(widget):
            yield from (before.area, drawn.area)
        for child in widget.children:
            yield from self._changes(child)


def _fill_unfiltered() -> None:
    """Plain colours are drawn by Kivy as a picture of one colour, for which any of its pixels is the right one."""
    white = Cache.get("kv.texture", str(Path(kivy_shader_dir) / "default.png"))
    # Kivy's cache forgets it a minute after it was made; a kiosk that takes so long to start draws a little slower.
    if white is not None:
        white.min_filter = white.mag_filter = "nearest"


def _own_part_changed(widget: Widget) -> bool:
    nested = {child.canvas.uid for child in widget.children}
    return any(each.needs_redraw for each in widget.canvas.children if each.uid not in nested)


def _covered(widget: Widget) -> Area:
    """The widget and, if it shows a picture or words larger than itself, those as well."""
    wide, high = getattr(widget, "texture_size", None) or (0, 0)
    x, y = widget.center
    half_width = max(widget.width, wide) / 2 + mm(BEYOND_THE_EDGE_MM)
    half_height = max(widget.height, high) / 2 + mm(BEYOND_THE_EDGE_MM)
    return Area(x - half_width, y - half_height, x + half_width, y + half_height)
