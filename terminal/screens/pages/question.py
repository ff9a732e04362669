"""One question with its answers: nothing else on the page can be touched."""

from __future__ import annotations

from terminal.screens.look import load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import actions, figures, heading, notices, pictures, rows_table  # noqa: F401  (named in the rules)


class QuestionPage(PageBody):
    """A question before something is done."""


load_rules(__file__)
