"""The account that was found: whose it is, masked, and what is due."""

from __future__ import annotations

from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, figures, heading, notices, pictures, rows_table  # noqa: F401  (named in the rules)


class AccountCardPage(PageBody):
    """Card of an account."""


load_rules(__file__)
