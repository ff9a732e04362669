"""The ledger's balances, as each record carries them: what stands on the normal side of every account after it.

They lie in the record's own row, so that moving money costs no page of its own. The chain does not cover them: they
follow from the records, and are compared with those whenever the journal is looked through.
"""

from __future__ import annotations

import apsw

from terminal.payments.facts import Fact
from terminal.payments.postings import MOVES, LedgerAccount

ASSETS = frozenset({LedgerAccount.CASSETTE, LedgerAccount.SUSPENSE_CASH})
"""Accounts whose normal side is the debit."""

Balances = tuple[int, ...]
"""Kopecks of each account in the order of `LedgerAccount`."""
NOTHING: Balances = (0,) * len(LedgerAccount)
"""Before the first record."""
COLUMNS = ", ".join(account.replace("-", "_") for account in LedgerAccount)
"""Their names in the table `record`."""

_PLACES = {account: (place, 1 if account in ASSETS else -1) for place, account in enumerate(LedgerAccount)}
"""Where an account stands among the balances, and the sign of a debit there."""
_CHANGES = {
    kind: (move.moved, *_PLACES[move.debit], *_PLACES[move.credit]) for kind, move in MOVES.items()
}
"""By kind of fact: the sum that it moves, and place and sign of the account debited and of the one credited."""
_SELECT = f"SELECT {COLUMNS} FROM record WHERE seq = ?"


def balances_after(before: Balances, fact: Fact) -> Balances:
    """The balances once a fact has moved its money."""
    change = _CHANGES.get(type(fact))
    if change is None:
        return before
    moved, debited, debit_sign, credited, debit_sign_there = change
    kopecks = moved(fact).kopecks
    after = list(before)
    after[debited] += debit_sign * kopecks
    after[credited] -= debit_sign_there * kopecks
    return tuple(after)


def balances_at(connection: apsw.Connection, seq: int) -> Balances:
    """The balances that a record carries. Raises `KeyError` when there is no such record."""
    if seq == 0:
        return NOTHING
    row: Balances | None = connection.execute(_SELECT, (seq,)).fetchone()
    if row is None:
        raise KeyError(f"record {seq} is missing")
    return row


def newest_balances(connection: apsw.Connection) -> Balances:
    """The balances now."""
    row: Balances | None = connection.execute(f"SELECT {COLUMNS} FROM record ORDER BY seq DESC LIMIT 1").fetchone()
    return NOTHING if row is None else row
