"""Everything that can be touched: where it stands, what it is called, whether a finger is on it.

A pressable does nothing by itself; `terminal.screens.fingers` finds it under a finger and reports its element.
"""

from __future__ import annotations

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from contracts.pages import Button
from terminal.screens.look import load_rules
from terminal.screens.widgets import pictures, words  # noqa: F401  (named in the rules)


class Pressable(BoxLayout):
    """Base of all buttons and keys."""

    element = StringProperty("")
    """What a `Touch` carries."""
    enabled = BooleanProperty(True)
    pressed = BooleanProperty(False)
    absent = BooleanProperty(False)
    label = StringProperty("")
    detail = StringProperty("")
    icon = StringProperty("")
    face = ColorProperty()
    outline = ColorProperty()
    ink = ColorProperty()
    edge = NumericProperty(1)
    """Half the width of the outline, pixels."""
    radius = NumericProperty(0)

    def show_button(self, button: Button | None, icon: str = "") -> None:
        """Take over a button of the page; absent without one. An `icon` goes before the page's own."""
        self.absent = button is None
        self.element = button.name if button else ""
        self.label = button.label if button else ""
        self.detail = button.detail if button else ""
        self.icon = (icon or button.icon) if button else ""
        self.enabled = button.enabled if button else False

    def forget(self) -> None:
        """Be nobody's button."""
        self.show_button(None)


class PrimaryButton(Pressable):
    """The one main step of a page, full width."""


class ChoiceTile(Pressable):
    """One of several equal choices: icon, label and a smaller line of detail."""

    medallion = NumericProperty(0)
    """Diameter of the disc behind the icon, pixels."""


class BarButton(Pressable):
    """Back, exit and language."""


class Key(Pressable):
    """One key of the keypad: a digit, a comma or a drawn sign."""


load_rules(__file__)
