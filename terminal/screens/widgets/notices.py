"""Messages to the client: each tone with its own colour and its own icon, never colour alone."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from contracts.pages import Page
from terminal.screens.look import load_rules
from terminal.screens.widgets import pictures, words  # noqa: F401  (named in the rules)
from terminal.screens.widgets.column import Column
from terminal.screens.widgets.rosters import resize


class NoticeCard(BoxLayout):
    """One message."""

    text = StringProperty("")
    tone = StringProperty("info")
    ink = ColorProperty()
    face = ColorProperty()


class Notices(Column):
    """All messages of the page."""

    absent = BooleanProperty(True)

    def show(self, page: Page) -> None:
        self.absent = not page.notices
        for card, notice in zip(resize(self, len(page.notices), NoticeCard), page.notices, strict=False):
            card.tone = notice.tone.value
            card.text = notice.text


load_rules(__file__)
