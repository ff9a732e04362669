"""Asks for the account number, and shows where on the bill it stands."""

from __future__ import annotations

from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, entry_display, heading, keypad, notices, pictures  # noqa: F401  (named in the rules)


class AccountEntryPage(PageBody):
    """Entry of the account number."""


load_rules(__file__)
