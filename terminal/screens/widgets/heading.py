"""The question of the page: the step, the heading, and the line that explains it."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from contracts.pages import Page
from terminal.screens.look import load_rules
from terminal.screens.widgets.column import Column


class StepCounter(Widget):
    """`Step 2 of 4` in words and as a bar that fills."""

    absent = BooleanProperty(True)
    text = StringProperty("")
    done = NumericProperty(0)
    steps = NumericProperty(1)


class Heading(Column):
    """Heading block of every page."""

    heading = StringProperty("")
    lead = StringProperty("")

    def show(self, page: Page) -> None:
        self.heading = page.heading
        self.lead = page.lead
        counter = self.ids.counter
        counter.absent = page.step is None
        counter.done, counter.steps = page.step or (0, 1)
        counter.text = page.step_text


load_rules(__file__)
