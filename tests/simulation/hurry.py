"""The terms of a simulated terminal: everybody waits for less, so that a visit left alone ends soon."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from terminal.service.outbox_worker import TransferTerms
from terminal.service.retry import BackOff
from terminal.service.terminal_service import Terms
from terminal.visit.context import Patience
from tests.support.terminal_world import terms

HURRIED = Patience(4.0, 2.0, 5.0, 2.0, 4.0, 2.0, 8.0, 3.0, 2.0)
"""How long the pages wait for a client."""


def hurried_terms(directory: Path) -> Terms:
    """The usual terms with little patience for clients and for the host."""
    usual = terms(directory)
    visit = replace(usual.visit, patience=HURRIED)
    transfer = TransferTerms(usual.terminal, BackOff(0.5, 4.0))
    return replace(usual, visit=visit, transfer=transfer, transfer_patience_s=0.5)
