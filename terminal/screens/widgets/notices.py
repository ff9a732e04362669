"""Messages to the client: each tone with its own colour and its own icon, never colour alone."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from contracts.pages import Page
from terminal.screens.look import load_rules
from terminal.screens.widgets import pictures, words  # noqa: F401  (named in the rules)
from terminal.screens.widgets.column import Column
from terminal.screens.widgets.rosters import Roster


class NoticeCard(BoxLayout):
    """One message."""

    text = StringProperty("")
    tone = StringProperty("info")
    ink = ColorProperty()
    face = ColorProperty()

    def forget(self) -> None:
        self.text = ""


class Notices(Column):
    """All messages of the page."""

    absent = BooleanProperty(True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._roster = Roster(self, NoticeCard)

    def show(self, page: Page) -> None:
        self.absent = not page.notices
        for card, notice in zip(self._roster.resize(len(page.notices)), page.notices, strict=False):
            card.tone = notice.tone.value
            card.text = notice.text


load_rules(__file__)
