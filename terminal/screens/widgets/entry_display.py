"""What is being typed: the label, the digits so far, the unit, and what is wrong with them or how to find them."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from contracts.pages import Page
from terminal.screens.look import load_rules
from terminal.screens.widgets import words  # noqa: F401  (named in the rules)
from terminal.screens.widgets.column import Column


class EntryDisplay(Column):
    """The entry field of the page. Nothing is typed into it: the service owns the digits."""

    absent = BooleanProperty(True)
    label = StringProperty("")
    value = StringProperty("")
    unit = StringProperty("")
    hint = StringProperty("")
    error = StringProperty("")

    def show(self, page: Page) -> None:
        field = page.field
        self.absent = field is None
        self.label = field.label if field else ""
        self.value = field.value if field else ""
        self.unit = field.unit if field else ""
        self.hint = field.hint if field and not field.error else ""
        self.error = field.error if field else ""


load_rules(__file__)
