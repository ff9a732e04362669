"""The first page: a greeting over a drawing, and large tiles with everything that can be done here."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from contracts.pages import Page
from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, figures, notices, pictures, rows_table  # noqa: F401  (named in the rules)


class Hero(FloatLayout):
    """Greeting on the company's colour."""

    absent = BooleanProperty(False)
    heading = StringProperty("")
    lead = StringProperty("")

    def show(self, page: Page) -> None:
        self.heading, self.lead = page.heading, page.lead


class StartPage(PageBody):
    """Start of a visit."""


load_rules(__file__)
