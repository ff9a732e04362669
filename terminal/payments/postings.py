"""Double entry: which accounts a fact moves money between.

Debit minus credit of every fact is zero. `CASSETTE` and `SUSPENSE_CASH` are assets (debit balance), the others are
owed to somebody (credit balance).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


def postings_of(fact: Fact) -> tuple[Posting, ...]:
    """The lines of a fact; none for facts that move no money."""
    match fact:
        case NoteStacked(value=value):
            return _move(value, LedgerAccount.CASSETTE, LedgerAccount.CUSTOMER)
        case NoteDisputed(value=value):
            return _move(value, LedgerAccount.SUSPENSE_CASH, LedgerAccount.SUSPENSE_CUSTOMER)
        case NoteDisputeSettled(value=value):
            return _move(value, LedgerAccount.SUSPENSE_CUSTOMER, LedgerAccount.SUSPENSE_CASH)
        case NoteUnassigned(value=value):
            return _move(value, LedgerAccount.CASSETTE, LedgerAccount.UNASSIGNED)
        case PaymentFunded(total=total):
            return _move(total, LedgerAccount.CUSTOMER, LedgerAccount.PROVIDER_PENDING)
        case TransferAccepted(total=total):
            return _move(total, LedgerAccount.PROVIDER_PENDING, LedgerAccount.PROVIDER_POSTED)
        case TransferRefused(total=total):
            return _move(total, LedgerAccount.PROVIDER_PENDING, LedgerAccount.REFUND_DUE)
        case _:
            return ()


def _move(value: Money, debit: LedgerAccount, credit: LedgerAccount) -> tuple[Posting, ...]:
    return (Posting(debit, value, ZERO), Posting(credit, ZERO, value))
