"""Asks whether the client is still there: what will happen, how many seconds are left, and a Continue of full width."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from contracts.pages import EXTEND, ButtonRole, Page
from terminal.screens.look import load_rules
from terminal.screens.widgets import pressable, words  # noqa: F401  (named in the rules)
from terminal.screens.widgets.column import Column

OWN_LABELS = {"ru": "Продолжить", "en": "Continue"}
"""For a page that warns without bringing a button of its own."""


class WarningCard(Column):
    """The card in the middle of the overlay."""


class TimeoutOverlay(FloatLayout):
    """Lies over the page until the client touches Continue or the service takes the warning back."""

    absent = BooleanProperty(True)
    text = StringProperty("")
    seconds_left = NumericProperty(0)

    def show(self, page: Page) -> None:
        warning = page.warning
        Clock.unschedule(self._count_down)
        self.absent = warning is None
        self.opacity = 0 if warning is None else 1
        self.text = warning.text if warning else ""
        self.seconds_left = warning.seconds_left if warning else 0
        button = next((each for each in page.buttons if each.role is ButtonRole.EXTEND), None)
        extend = self.ids.extend
        extend.show_button(button)
        extend.element, extend.absent, extend.enabled = EXTEND, warning is None, True
        extend.label = "" if warning is None else (button.label if button else OWN_LABELS.get(page.language, ""))
        if warning is not None:
            Clock.schedule_interval(self._count_down, 1.0)

    def _count_down(self, _: float) -> None:
        self.seconds_left = max(0, self.seconds_left - 1)


load_rules(__file__)
