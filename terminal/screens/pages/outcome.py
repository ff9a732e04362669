"""How it ended: well or not, what was paid, and where the receipt is."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from contracts.pages import Page, Tone
from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import (  # noqa: F401  (named in the rules)
    actions,
    figures,
    heading,
    notices,
    pictures,
    qr_code,
    rows_table,
)


class OutcomePage(PageBody):
    """Outcome of a payment or of readings. The drawing is cheerful only when there is nothing to worry about."""

    fine = BooleanProperty(True)

    def show(self, page: Page) -> None:
        self.fine = not any(each.tone in (Tone.WARNING, Tone.ERROR) for each in page.notices)
        super().show(page)


load_rules(__file__)
