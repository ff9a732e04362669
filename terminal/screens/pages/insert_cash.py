"""Notes go in: what is inserted stands in the largest type of the whole kiosk."""

from __future__ import annotations

from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, figures, heading, notices, pictures, rows_table  # noqa: F401  (named in the rules)


class InsertCashPage(PageBody):
    """Insertion of cash."""


load_rules(__file__)
