"""What stands in the same place on every page: the company's bar, the bar with Back and Exit, and the footer."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from contracts.pages import Button, ButtonRole, Page
from terminal.screens.look import load_rules
from terminal.screens.widgets import pictures, pressable, words  # noqa: F401  (named in the rules)

BUSY_STEP_S = 1 / 15
"""Between two pictures of the busy strip: seen as motion, cheap without a graphics card."""
BUSY_STEP_SHARE = 0.045
"""How far the strip moves each time, as a share of the panel's width."""


class TopBar(BoxLayout):
    """Logo, company, clock; on a landscape panel the language button as well."""

    company = StringProperty("")
    clock = StringProperty("")

    def show_language(self, button: Button | None) -> None:
        _show_language(self.ids.language, button)


class BottomBar(BoxLayout):
    """Back at the left and Exit at the right, always; on a portrait panel the language between them, in reach."""

    def show(self, page: Page) -> None:
        self.ids.back.show_button(_first(page, ButtonRole.BACK), icon="back")
        self.ids.exit.show_button(_first(page, ButtonRole.EXIT), icon="exit")
        for name in ("back", "exit"):
            self.ids[name].opacity = 0 if self.ids[name].absent else 1

    def show_language(self, button: Button | None) -> None:
        _show_language(self.ids.language, button)


class BusyStrip(Widget):
    """Moves along under the top bar while something is being done about the last touch."""

    working = BooleanProperty(False)
    place = NumericProperty(0.0)
    """Left end of the strip as a share of the width."""

    def on_working(self, _: object, working: bool) -> None:
        Clock.unschedule(self._move)
        if working:
            self.place = 0.0
            Clock.schedule_interval(self._move, BUSY_STEP_S)

    def _move(self, _: float) -> None:
        self.place = (self.place + BUSY_STEP_SHARE) % 1.0


def language_button(page: Page) -> Button | None:
    """The page's language button, if it offers one."""
    return _first(page, ButtonRole.LANGUAGE)


def _show_language(slot: pressable.BarButton, button: Button | None) -> None:
    slot.show_button(button, icon="language")


def _first(page: Page, role: ButtonRole) -> Button | None:
    return next((each for each in page.buttons if each.role is role), None)


load_rules(__file__)
