"""Requests of the OSMP provider protocol: GET queries, and the `txn_id` that makes a payment unique. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from contracts.identifiers import AccountNumber, TerminalId
from contracts.money import Money

MAX_TXN_ID = 10**20 - 1
"""`txn_id` has up to 20 digits."""
PAYMENTS_PER_TERMINAL = 10**9
"""Payment numbers take the last nine digits of `txn_id`, the terminal the digits before them."""
MAX_TERMINAL_NUMBER = MAX_TXN_ID // PAYMENTS_PER_TERMINAL
DATE_FORM = "%Y%m%d%H%M%S"


def terminal_number(terminal: TerminalId) -> int:
    """The terminal as a number: the digits at the end of its identifier, `T-0001` is 1. They must be unique among the
    terminals that pay to one payee. Raises `ValueError` when there are none or the number is 0 or too large."""
    digits = re.search(r"\d+$", terminal, re.ASCII)
    number = int(digits.group()) if digits else 0
    if not 0 < number <= MAX_TERMINAL_NUMBER:
        raise ValueError(f"{terminal}: OSMP needs an identifier that ends in a number of 1 to {MAX_TERMINAL_NUMBER}")
    return number


def transaction_id(terminal: int, payment: int) -> int:
    """The `txn_id` of a payment, unique for ever. Raises `ValueError` outside its bounds."""
    if not 0 < terminal <= MAX_TERMINAL_NUMBER or not 0 <= payment < PAYMENTS_PER_TERMINAL:
        raise ValueError(f"no txn_id for payment {payment} of terminal {terminal}")
    return terminal * PAYMENTS_PER_TERMINAL + payment


def check_query(transaction: int, account: AccountNumber, amount: Money, extra: Mapping[str, str]) -> str:
    """The query of `check`."""
    return urlencode({
        "command": "check", "txn_id": transaction, "account": account, "sum": amount.decimal(), **extra})


def info_query(account: AccountNumber, extra: Mapping[str, str]) -> str:
    """The query of `getInfo`; the currency is the ruble by its ISO 4217 number."""
    return urlencode({"command": "getInfo", "account": account, "ccy": "643", **extra})


def pay_query(
    transaction: int, paid_at: datetime, account: AccountNumber, amount: Money, extra: Mapping[str, str]
) -> str:
    """The query of `pay`. `paid_at` goes out as it stands in its own zone, so that a repeat is the same bytes."""
    return urlencode({
        "command": "pay", "txn_id": transaction, "txn_date": paid_at.strftime(DATE_FORM), "account": account,
        "sum": amount.decimal(), **extra})
