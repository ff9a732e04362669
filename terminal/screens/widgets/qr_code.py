"""A QR code, at least 60 mm wide with its quiet zone, drawn from the text that the page carries."""

from __future__ import annotations

import importlib

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.anchorlayout import AnchorLayout

from contracts.pages import Page
from terminal.screens.look import load_rules

QUIET_ZONE_MODULES = 4
"""ISO/IEC 18004: four modules of white around the symbol."""


class QrCode(AnchorLayout):
    """The code of the page, made anew only when its text changes."""

    absent = BooleanProperty(True)
    texture = ObjectProperty(None, allownone=True)

    def __init__(self, **options: object) -> None:
        self._text = ""
        super().__init__(**options)

    def show(self, page: Page) -> None:
        self.absent = not page.qr
        if page.qr != self._text:
            self._text = page.qr
            self.texture = _draw(page.qr) if page.qr else None


def _draw(text: str) -> Texture:
    # Loaded with the first code: the first page of the kiosk has none and must come fast.
    segno = importlib.import_module("segno")
    rows = list(segno.make(text, micro=False).matrix_iter(border=QUIET_ZONE_MODULES))
    texture = Texture.create(size=(len(rows), len(rows)), colorfmt="rgb")
    texture.mag_filter = texture.min_filter = "nearest"
    pixels = b"".join(b"\x00\x00\x00" if dark else b"\xff\xff\xff" for row in reversed(rows) for dark in row)
    texture.blit_buffer(pixels, colorfmt="rgb", bufferfmt="ubyte")
    return texture


load_rules(__file__)
