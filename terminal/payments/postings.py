"""Double entry: which accounts a fact moves money between.

Debit minus credit of every fact is zero. `CASSETTE` and `SUSPENSE_CASH` are assets (debit balance), the others are
owed to somebody (credit balance).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from contracts.money import ZERO, Money
from terminal.payments.facts import (
    Fact,
    NoteDisputed,
    NoteDisputeSettled,
    NoteStacked,
    NoteUnassigned,
    PaymentFunded,
    TransferAccepted,
    TransferRefused,
)


class LedgerAccount(StrEnum):
    CASSETTE = "cassette"
    """Notes in the cassette that are known to be there."""
    SUSPENSE_CASH = "suspense-cash"
    """Notes that may or may not be in the cassette."""
    CUSTOMER = "customer"
    """Credit of clients whose tender is not ended."""
    PROVIDER_PENDING = "provider-pending"
    """Paid, not yet known to be with the supplier."""
    PROVIDER_POSTED = "provider-posted"
    """With the supplier under an operation number."""
    REFUND_DUE = "refund-due"
    """Refused by the supplier: owed back to clients."""
    SUSPENSE_CUSTOMER = "suspense-customer"
    """Other side of `SUSPENSE_CASH`."""
    UNASSIGNED = "unassigned"
    """In the cassette without a payment."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line: `debit` or `credit` is positive, the other zero."""

    account: LedgerAccount
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True)
class Move:
    """The accounts between which the facts of a kind move money, and how much a fact moves."""

    debit: LedgerAccount
    credit: LedgerAccount
    moved: Callable[[Any], Money]


_VALUE: Callable[[Any], Money] = attrgetter("value")
_TOTAL: Callable[[Any], Money] = attrgetter("total")
MOVES: Mapping[type[Fact], Move] = {
    NoteStacked: Move(LedgerAccount.CASSETTE, LedgerAccount.CUSTOMER, _VALUE),
    NoteDisputed: Move(LedgerAccount.SUSPENSE_CASH, LedgerAccount.SUSPENSE_CUSTOMER, _VALUE),
    NoteDisputeSettled: Move(LedgerAccount.SUSPENSE_CUSTOMER, LedgerAccount.SUSPENSE_CASH, _VALUE),
    NoteUnassigned: Move(LedgerAccount.CASSETTE, LedgerAccount.UNASSIGNED, _VALUE),
    PaymentFunded: Move(LedgerAccount.CUSTOMER, LedgerAccount.PROVIDER_PENDING, _TOTAL),
    TransferAccepted: Move(LedgerAccount.PROVIDER_PENDING, LedgerAccount.PROVIDER_POSTED, _TOTAL),
    TransferRefused: Move(LedgerAccount.PROVIDER_PENDING, LedgerAccount.REFUND_DUE, _TOTAL),
}
"""Every kind of fact that moves money. A table, because the journal's steps look into it between two syncs."""


def postings_of(fact: Fact) -> tuple[Posting, ...]:
    """The lines of a fact; none for facts that move no money."""
    move = MOVES.get(type(fact))
    if move is None:
        return ()
    value = move.moved(fact)
    return (Posting(move.debit, value, ZERO), Posting(move.credit, ZERO, value))
