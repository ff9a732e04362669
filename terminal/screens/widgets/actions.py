"""The buttons of a page apart from its bars: equal choices, and the one main step."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.gridlayout import GridLayout

from contracts.pages import ButtonRole, Page
from terminal.screens.look import load_rules
from terminal.screens.widgets.column import Column
from terminal.screens.widgets.pressable import ChoiceTile, PrimaryButton
from terminal.screens.widgets.rosters import resize


class Choices(GridLayout):
    """Equal tiles, `across` in a row."""

    absent = BooleanProperty(True)
    across = NumericProperty(1)
    tile_height = NumericProperty(0)
    """Pixels."""

    def show(self, page: Page) -> None:
        buttons = [each for each in page.buttons if each.role is ButtonRole.CHOICE]
        self.absent = not buttons
        for tile, button in zip(resize(self, len(buttons), ChoiceTile), buttons, strict=False):
            tile.show_button(button)


class MainStep(Column):
    """The primary button; a page that offers two puts them one under the other."""

    absent = BooleanProperty(True)

    def show(self, page: Page) -> None:
        buttons = [each for each in page.buttons if each.role is ButtonRole.PRIMARY]
        self.absent = not buttons
        for widget, button in zip(resize(self, len(buttons), PrimaryButton), buttons, strict=False):
            widget.show_button(button)


load_rules(__file__)
