"""Drawn things: one-colour icons and illustrations."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kivy.core.image import Image
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ColorProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from terminal.screens.look import load_rules

MAX_DRAWINGS = 64
"""More than the product has: every drawing is read once."""


class Picture(Widget):
    """A drawing in the middle of its box, as large as fits.

    Kivy's own widget for images cuts each one out with a stencil over the whole panel, which takes a software
    renderer longer than all the rest of a page.
    """

    source = StringProperty("")
    """Path of a file, or empty."""
    texture = ObjectProperty(None, allownone=True)
    color = ColorProperty((1.0, 1.0, 1.0, 1.0))
    extent = ListProperty([0, 0])
    """Width and height of what is drawn, pixels."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in ("texture", "size"):
            self.fbind(name, self._fit)
        self._fit()

    def on_source(self, _: Any, source: str) -> None:
        self.texture = _read(source) if source else None

    def _fit(self, *_: Any) -> None:
        wide, high = self.texture.size if self.texture else (0, 0)
        scale = min(self.width / wide, self.height / high) if wide and high else 0
        self.extent = [wide * scale, high * scale]
        if self.texture:
            # A drawing in its own size is copied pixel by pixel, which takes half the time.
            self.texture.min_filter = self.texture.mag_filter = "nearest" if scale == 1 else "linear"


class Glyph(Picture):
    """An icon, drawn white and tinted by its `color`."""


class Illustration(Widget):
    """Fills the room that the words leave; steps back when that is too little to see anything."""

    drawing = StringProperty("")
    """Path of the picture."""
    absent = BooleanProperty(False)


@lru_cache(maxsize=MAX_DRAWINGS)
def _read(path: str) -> Texture:
    return Image(path).texture


load_rules(__file__)
