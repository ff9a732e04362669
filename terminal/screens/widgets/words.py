"""Text on the glass. Never markup: what comes from outside is shown letter by letter."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Any

from kivy.clock import Clock
from kivy.core.image import ImageData
from kivy.core.text import Label as TextMeasure
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.label import Label

from terminal.screens.look import load_rules

SHRINK_STEP = 0.94
"""Each trial of a smaller size, as a share of the size before."""


MAX_MEASURES = 256
"""Fonts and sizes that are kept for measuring; a panel has some sixty."""


def natural_width(text: str, font_name: str, size: float) -> float:
    """Width of a text on one line, in pixels."""
    return float(_measure(font_name, size).get_extents(text)[0])


@lru_cache(maxsize=MAX_MEASURES)
def _measure(font_name: str, size: float) -> TextMeasure:
    """Measures texts and keeps none: what it was asked about may be personal."""
    measure = TextMeasure(font_name=font_name, font_size=size)
    measure.resolve_font_name()
    return measure


def wrapped_height(text: str, font_name: str, size: float, width: float, line_height: float) -> float:
    """Height of a text that wraps to a width, in pixels."""
    measure = TextMeasure(text=text, font_name=font_name, font_size=size, text_size=(int(width), None),
                          line_height=line_height)
    measure.resolve_font_name()
    return float(measure.render()[1])


class Lettering(TextMeasure):
    """Kivy's renderer of text, with pictures no larger than the words: empty pixels take time to paint too."""

    def refresh(self) -> None:
        """Measure the text; it is drawn, into the picture that is there if it has the right size, when first shown."""
        self.resolve_font_name()
        size = tuple(map(min, self.render(), map(ceil, self._internal_size)))
        self._size_texture = self._size = size
        if min(size) <= 1:
            self.texture = self.texture_1px
        elif self.texture is not None and tuple(self.texture.size) == size:
            self.texture.ask_update(self._texture_fill)
        else:
            self.texture = Texture.create(size=size, callback=self._texture_fill)
            self.texture.flip_vertical()

    def forget(self) -> None:
        """Keep nothing of the words: neither the lines that they were broken into nor their picture."""
        self._cached_lines: list[Any] = []
        self.texture = None

    def _render_end(self) -> ImageData:
        """The pixels of the words. Kivy would keep the surface that they were drawn on until the next words are."""
        pixels = super()._render_end()
        self._surface = None
        return pixels


class SharpLabel(Label):
    """Words drawn pixel by pixel: their picture is never stretched, and to look for the nearest pixel is cheap."""

    def _create_label(self) -> None:
        options = {name: getattr(self, name) for name in self._font_properties}
        self._label = Lettering(usersize=self.text_size, **options)

    def place(self, x: float, y: float, width: float, height: float, wide: float, high: float,
              halign: str, valign: str) -> tuple[int, int]:
        """Left and bottom of the picture of the words: by the sides of the box for which they were laid out, else in
        its middle."""
        by_width, by_height = (side is not None for side in self.text_size)
        left = {"left": x, "right": x + width - wide}.get(halign if by_width else "", x + (width - wide) / 2)
        bottom = {"bottom": y, "top": y + height - high}.get(valign if by_height else "", y + (height - high) / 2)
        return int(left), int(bottom)

    def on_texture(self, _: Any, texture: Texture | None) -> None:
        if texture is not None:
            texture.min_filter = texture.mag_filter = "nearest"

    def texture_update(self, *given: Any) -> None:
        """Kivy keeps its last picture and the words on it even when there is nothing to say; they may name a client."""
        super().texture_update(*given)
        if not self.text:
            self._label.forget()


class Words(SharpLabel):
    """Running text that wraps to its width and is as high as it needs. Absent when there is nothing to say."""

    absent = BooleanProperty(True)
    wanted = NumericProperty(0)
    """Size of type, pixels; only a word that would not fit on a line of its own makes it smaller."""
    smallest = NumericProperty(0)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in ("text", "width", "wanted", "font_name"):
            self.fbind(name, self._fit)
        self._fit()

    def on_text(self, _: Any, text: str) -> None:
        self.absent = not text

    def _fit(self, *_: Any) -> None:
        longest = max((natural_width(word, self.font_name, self.wanted) for word in self.text.split()), default=0.0)
        narrow = self.width / longest if longest > self.width > 0 else 1.0
        self.font_size = max(min(self.smallest, self.wanted), self.wanted * narrow)


class FittedWords(SharpLabel):
    """Text in a box of fixed size: as large as `biggest` lets it, smaller down to `smallest` (pixels) if it must."""

    biggest = NumericProperty(0)
    smallest = NumericProperty(0)
    cut = BooleanProperty(False)
    """True when even the smallest type does not fit."""
    balanced = BooleanProperty(False)
    """Lines of like length, where words would otherwise leave one alone on the last."""

    def __init__(self, **options: Any) -> None:
        self._fit_soon = Clock.create_trigger(self._fit, -1)
        super().__init__(**options)
        for name in ("text", "size", "biggest", "smallest", "font_name"):
            self.fbind(name, self._fit_soon)
        self._fit_soon()

    def _fit(self, *_: Any) -> None:
        if not self.text:
            self.cut = False
            return
        size = self.biggest
        while size > self.smallest and not self._fits(size):
            size = max(self.smallest, size * SHRINK_STEP)
        self.font_size = size
        self.cut = not self._fits(size)
        self.text_size = (None, None) if self._stands_alone(size) else (self._line_width(size), self.height)

    def _stands_alone(self, size: float) -> bool:
        """A line in the middle of its box needs a picture no larger than itself: blending empty pixels costs time."""
        centred = self.halign == "center" and self.valign == "middle"
        return centred and natural_width(self.text, self.font_name, size) <= self.width

    def _line_width(self, size: float) -> float:
        """The width of the box, or the narrowest that wraps the text into no more lines."""
        widest = float(self.width)
        if not self.balanced:
            return widest
        highest = self._height_in(widest, size)
        while (narrower := widest * SHRINK_STEP) > self.width / 2 and self._height_in(narrower, size) <= highest:
            widest = narrower
        return widest

    def _height_in(self, width: float, size: float) -> float:
        return wrapped_height(self.text, self.font_name, size, width, self.line_height)

    def _fits(self, size: float) -> bool:
        measure = _measure(self.font_name, size)
        wide, high = measure.get_extents(self.text)
        if wide <= self.width and "\n" not in self.text:
            return bool(high * self.line_height <= self.height)
        if any(measure.get_extents(word)[0] > self.width for word in self.text.split(" ") if word):
            return False
        return self._height_in(self.width, size) <= self.height


load_rules(__file__)
