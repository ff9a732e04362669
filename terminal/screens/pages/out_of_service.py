"""The terminal serves nobody at the moment: says so calmly, and where to go instead."""

from __future__ import annotations

from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, figures, heading, notices, pictures, rows_table  # noqa: F401  (named in the rules)


class OutOfServicePage(PageBody):
    """Out of service."""


load_rules(__file__)
