"""The buttons of a page apart from its bars: equal choices, and the one main step."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.gridlayout import GridLayout

from contracts.pages import ButtonRole, Page
from terminal.screens.look import load_rules
from terminal.screens.widgets.column import Column
from terminal.screens.widgets.pressable import ChoiceTile, PrimaryButton
from terminal.screens.widgets.rosters import Roster


class Choices(GridLayout):
    """Equal tiles, `across` in a row."""

    absent = BooleanProperty(True)
    across = NumericProperty(1)
    tile_height = NumericProperty(0)
    """Pixels."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._roster = Roster(self, ChoiceTile)

    def show(self, page: Page) -> None:
        buttons = [each for each in page.buttons if each.role is ButtonRole.CHOICE]
        self.absent = not buttons
        for tile, button in zip(self._roster.resize(len(buttons)), buttons, strict=False):
            tile.show_button(button)


class MainStep(Column):
    """The primary button; a page that offers two puts them one under the other."""

    absent = BooleanProperty(True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._roster = Roster(self, PrimaryButton)

    def show(self, page: Page) -> None:
        buttons = [each for each in page.buttons if each.role is ButtonRole.PRIMARY]
        self.absent = not buttons
        for widget, button in zip(self._roster.resize(len(buttons)), buttons, strict=False):
            widget.show_button(button)


load_rules(__file__)
