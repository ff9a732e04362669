"""Large numbers: the one that matters in the largest type of all, the others in a row beneath it."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from contracts.pages import Figure, Page
from terminal.screens.look import load_rules
from terminal.screens.widgets import words  # noqa: F401  (named in the rules)
from terminal.screens.widgets.column import Column
from terminal.screens.widgets.rosters import Roster


class LesserFigure(Column):
    """A figure beside others."""

    label = StringProperty("")
    value = StringProperty("")

    def forget(self) -> None:
        self.label = self.value = ""


class GreatFigure(Column):
    """The strong figure of the page."""

    label = StringProperty("")
    value = StringProperty("")
    absent = BooleanProperty(True)


class Figures(Column):
    """All figures of the page; a value that changes redraws its digits and nothing else."""

    absent = BooleanProperty(True)

    def show(self, page: Page) -> None:
        self.absent = not page.figures
        great = next((each for each in page.figures if each.strong), None)
        card: GreatFigure = self.ids.great
        card.absent = great is None
        card.label, card.value = (great.label, great.value) if great else ("", "")
        self._show_lesser([each for each in page.figures if each is not great])

    def _show_lesser(self, figures: list[Figure]) -> None:
        row: FigureRow = self.ids.lesser
        row.absent = not figures
        for card, figure in zip(row.roster.resize(len(figures)), figures, strict=False):
            card.label, card.value = figure.label, figure.value


class FigureRow(BoxLayout):
    """The lesser figures side by side."""

    absent = BooleanProperty(True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.roster = Roster(self, LesserFigure)


load_rules(__file__)
