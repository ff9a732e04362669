"""Which class draws which kind of page. Modules are loaded when first needed, so that the first frame comes soon."""

from __future__ import annotations

import importlib

from contracts.pages import PageKind
from terminal.screens.page_body import PageBody

_CLASSES = {
    PageKind.START: "StartPage",
    PageKind.ACCOUNT_ENTRY: "AccountEntryPage",
    PageKind.ACCOUNT_CARD: "AccountCardPage",
    PageKind.READING_ENTRY: "ReadingEntryPage",
    PageKind.QUESTION: "QuestionPage",
    PageKind.AMOUNT: "AmountPage",
    PageKind.INSERT_CASH: "InsertCashPage",
    PageKind.WAIT: "WaitPage",
    PageKind.OUTCOME: "OutcomePage",
    PageKind.UNKNOWN_OUTCOME: "UnknownOutcomePage",
    PageKind.OUT_OF_SERVICE: "OutOfServicePage",
}


def build(kind: PageKind) -> PageBody:
    """A fresh body for a kind of page: class `AccountEntryPage` of module `pages.account_entry` and so on."""
    module = importlib.import_module(f"terminal.screens.pages.{kind.value.replace('-', '_')}")
    body: PageBody = getattr(module, _CLASSES[kind])(kind)
    return body
