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

BUGS: tuple[Bug, ...] = (
    *store_bugs.BUGS, *decision_bugs.BUGS, *cash_bugs.BUGS, *receipt_bugs.BUGS, *transfer_bugs.BUGS,
    *second_journal_bugs.BUGS, *witness_bugs.BUGS,
)
EQUIVALENT: frozenset[str] = frozenset()
"""Names of bugs that change nothing anybody can see."""


def bug_named(name: str) -> Bug:
    """Raises `KeyError` for a name that there is not."""
    return {bug.name: bug for bug in BUGS}[name]
