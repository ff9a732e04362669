"""All planted bugs, and those that cannot be told from the product, with the proof in `docs/mutants.md`."""

from __future__ import annotations

from tests.mutants import (
    cash_bugs,
    decision_bugs,
    receipt_bugs,
    second_journal_bugs,
    store_bugs,
    transfer_bugs,
    witness_bugs,
)
from tests.mutants.bug import Bug
from tests.simulation.themes import Theme

AREAS: tuple[tuple[tuple[Bug, ...], tuple[Theme, ...]], ...] = (
    (store_bugs.BUGS, (Theme.ANYTHING, Theme.SLOT, Theme.HOST)),
    (store_bugs.ABOUT_NOTES, (Theme.SLOT,)),
    (decision_bugs.ABOUT_NOTES, (Theme.SLOT,)),
    (decision_bugs.ABOUT_PAYMENTS, (Theme.SLOT, Theme.REGISTER, Theme.HOST, Theme.ANYTHING)),
    (cash_bugs.BUGS, (Theme.SLOT, Theme.SLOT, Theme.SOUND_ACCEPTOR)),
    (receipt_bugs.BUGS, (Theme.REGISTER, Theme.ANYTHING)),
    (transfer_bugs.BUGS, (Theme.HOST, Theme.HOST, Theme.ANYTHING)),
    (second_journal_bugs.BUGS, (Theme.ANYTHING, Theme.SOUND_ACCEPTOR, Theme.HOST)),
    (witness_bugs.BUGS, (Theme.HOST, Theme.SOUND_ACCEPTOR)),
)
"""Bugs by area, and what the runs are about in which one of them is looked for."""
BUGS: tuple[Bug, ...] = tuple(bug for bugs, _ in AREAS for bug in bugs)
EQUIVALENT = frozenset({"waiting-payment-not-asked"})
"""Names of bugs that change nothing anybody can see."""


def bug_named(name: str) -> Bug:
    """Raises `KeyError` for a name that there is not."""
    return {bug.name: bug for bug in BUGS}[name]


def themes_of(name: str) -> tuple[Theme, ...]:
    """What the runs are about in which a bug is looked for; everything, for the product as it is."""
    return next((themes for bugs, themes in AREAS if any(bug.name == name for bug in bugs)), tuple(Theme))
