"""Asks for one register of one meter, with the previous reading beside the digits."""

from __future__ import annotations

from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, entry_display, figures, heading, keypad, notices, pictures, rows_table  # noqa: F401  (named in the rules)


class ReadingEntryPage(PageBody):
    """Entry of a meter reading."""


load_rules(__file__)
