"""Something takes a while: what is being done, and a sign that it is still being done."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.widget import Widget

from contracts.pages import Page
from terminal.screens.fallback import NO_PAGE
from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, figures, heading, notices, pictures, rows_table  # noqa: F401  (named in the rules)

DOTS = 3
BEAT_S = 0.4
"""Between two dots: calm, and far below three flashes a second (WCAG 2.1, success criterion 2.3.1)."""


class Dots(Widget):
    """Three dots of which one is full, in turn."""

    absent = BooleanProperty(False)
    full = NumericProperty(0)

    def show(self, page: Page) -> None:
        Clock.unschedule(self._beat)
        if page.number or page.heading:
            Clock.schedule_interval(self._beat, BEAT_S)

    def _beat(self, _: float) -> None:
        self.full = (self.full + 1) % DOTS


class WaitPage(PageBody):
    """Waiting for a device or for the supplier. The kiosk's own page comes first of all, and no drawing delays it."""

    illustrated = BooleanProperty(False)

    def show(self, page: Page) -> None:
        self.illustrated = page.number != NO_PAGE
        super().show(page)


load_rules(__file__)
