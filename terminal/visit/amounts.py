"""Which amounts can be paid in notes, and which are offered for an account."""

from __future__ import annotations

from contracts.money import KOPECKS_IN_RUBLE, Money
from terminal.accounts.account import AccountCard, AccountState
from terminal.visit.context import Surroundings
from terminal.visit.destinations import AmountTrouble

ADVANCES = (Money.rubles(500), Money.rubles(1_000), Money.rubles(2_000))
"""Offered when nothing is owed."""
SMALLEST_NOTE = Money.rubles(50)
"""Assumed when the acceptor has not said what it takes."""
COARSE_STEP = Money.rubles(500)
TYPED_AT_MOST = 6
"""Digits of an amount in whole rubles."""


def payable(card: AccountCard, surroundings: Surroundings) -> bool:
    """Whether this account can be paid here and now."""
    return surroundings.cash.offered and card.state is AccountState.OPEN


def offered_amounts(card: AccountCard, surroundings: Surroundings) -> tuple[Money, ...]:
    """Amounts to choose from, ascending: the due one first and what notes can make of it, or round advances.

    Never empty: a due amount outside the limits is replaced by the limit.
    """
    low, high = surroundings.minimum, surroundings.maximum
    if card.due.kopecks <= 0:
        return tuple(each for each in ADVANCES if low <= each <= high) or (low,)
    due = min(max(card.due, low), high)
    smallest = surroundings.note_values[0] if surroundings.note_values else SMALLEST_NOTE
    rounded = {_rounded_up(due, step) for step in (smallest, COARSE_STEP)}
    return tuple(sorted({due, *(each for each in rounded if each <= high)}))


def judge_amount(typed: str, surroundings: Surroundings) -> Money | AmountTrouble:
    """The amount typed in whole rubles, or why it is not taken."""
    if not typed:
        return AmountTrouble.EMPTY
    amount = Money(int(typed) * KOPECKS_IN_RUBLE)
    if amount < surroundings.minimum:
        return AmountTrouble.TOO_SMALL
    if amount > surroundings.maximum:
        return AmountTrouble.TOO_LARGE
    return amount


def _rounded_up(amount: Money, step: Money) -> Money:
    return Money(-(-amount.kopecks // step.kopecks) * step.kopecks)
