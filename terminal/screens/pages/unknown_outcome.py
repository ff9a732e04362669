"""It is not known yet whether something happened: where the money is, what to do, and a number to quote."""

from __future__ import annotations

from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, figures, heading, notices, pictures, qr_code, rows_table  # noqa: F401  (named in the rules)


class UnknownOutcomePage(PageBody):
    """An outcome that waits for a person or a device."""


load_rules(__file__)
