"""How much to pay: the sum due as a choice, or any other typed on the keypad."""

from __future__ import annotations

from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, entry_display, figures, heading, keypad, notices, rows_table  # noqa: F401  (named in the rules)


class AmountPage(PageBody):
    """Choice of the sum."""


load_rules(__file__)
