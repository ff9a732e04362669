"""Drawn things: one-colour icons and illustrations."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.image import Image
from kivy.uix.widget import Widget

from terminal.screens.look import load_rules


class Glyph(Image):
    """An icon, drawn white and tinted by its `color`."""


class Illustration(Widget):
    """Fills the room that the words leave; steps back when that is too little to see anything."""

    drawing = StringProperty("")
    """Path of the picture."""
    absent = BooleanProperty(False)


load_rules(__file__)
