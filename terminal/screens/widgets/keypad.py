"""The keypad, laid out like a telephone. Every key is at least 20 mm high (Colle & Hiszem, Ergonomics 47(13))."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.layout import Layout

from contracts.pages import KEY_CLEAR, KEY_COMMA, KEY_ERASE, Page
from terminal.screens.look import load_rules
from terminal.screens.widgets.pressable import Key

COLUMNS = 4
ROWS = 4


class Keypad(Layout):
    """Ten digits, the comma where the field takes one, and at the right, twice as high, erase and clear."""

    absent = BooleanProperty(True)
    spacing = NumericProperty(0)
    key_height = NumericProperty(0)
    """Pixels."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in ("pos", "size", "spacing"):
            self.fbind(name, self._trigger_layout)
        self._digits = [Key(element=f"key-{digit}", label=str(digit)) for digit in range(10)]
        self._comma = Key(element=KEY_COMMA, label=",")
        self._erase = Key(element=KEY_ERASE, icon="erase")
        self._clear = Key(element=KEY_CLEAR, icon="clear")
        for key in (*self._digits[1:], self._digits[0], self._comma, self._erase, self._clear):
            self.add_widget(key)

    def show(self, page: Page) -> None:
        self.absent = page.field is None
        self._comma.absent = page.field is None or not page.field.decimal
        self._comma.opacity = 0 if self._comma.absent else 1
        self._trigger_layout()

    def do_layout(self, *_: Any) -> None:
        for digit in range(1, 10):
            self._put(self._digits[digit], (digit - 1) % 3, (digit - 1) // 3)
        left = 0 if self._comma.absent else 1
        self._put(self._digits[0], left, 3, columns=3 - left)
        self._put(self._comma, 0, 3)
        self._put(self._erase, 3, 0, rows=2)
        self._put(self._clear, 3, 2, rows=2)

    def _put(self, key: Key, column: int, row: int, *, columns: int = 1, rows: int = 1) -> None:
        wide = (self.width - (COLUMNS - 1) * self.spacing) / COLUMNS
        high = (self.height - (ROWS - 1) * self.spacing) / ROWS
        key.size = (wide * columns + self.spacing * (columns - 1), high * rows + self.spacing * (rows - 1))
        key.pos = (self.x + column * (wide + self.spacing), self.top - row * (high + self.spacing) - key.height)


load_rules(__file__)
