"""The day's registry for a payee: one line for each payment that it has accepted, and the totals.

Columns: `txn_id`, date and time, account, sum, the payee's number; the last line holds the word `ИТОГО`, the day, the
number of payments and their sum. Separated by semicolons, lines end with CR LF, as spreadsheets in Russia expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.identifiers import AccountNumber, OperationNumber
from contracts.money import Money, total

HEADING = ("txn_id", "дата", "лицевой счёт", "сумма", "номер получателя")
TOTAL = "ИТОГО"
SEPARATOR = ";"
LINE_END = "\r\n"
_FORBIDDEN = (SEPARATOR, "\"", "\r", "\n", "\t")
_FORMULA = ("=", "+", "-", "@")


class RegistryEncoding(StrEnum):
    """As agreed with the payee."""

    UTF_8 = "utf-8-sig"
    """With the byte order mark, by which spreadsheets recognise it."""
    CP1251 = "cp1251"


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """One accepted payment. `paid_at` is zone-aware and written in its own zone."""

    transaction: int
    paid_at: datetime
    account: AccountNumber
    amount: Money
    operation: OperationNumber


def registry(day: str, entries: Sequence[RegistryEntry], encoding: RegistryEncoding) -> bytes:
    """The file of one day, `day` in ISO form, lines in order of `txn_id`. Raises `ValueError` when a text would break
    out of its cell, or when a payment stands twice."""
    if len({each.transaction for each in entries}) != len(entries):
        raise ValueError("a payment stands twice in the registry")
    rows = [HEADING, *(_row(each) for each in sorted(entries, key=lambda entry: entry.transaction))]
    amount = total([each.amount for each in entries])
    rows.append((TOTAL, day, str(len(entries)), amount.decimal(), ""))
    return "".join(SEPARATOR.join(row) + LINE_END for row in rows).encode(encoding.value)


def _row(entry: RegistryEntry) -> tuple[str, ...]:
    return (
        str(entry.transaction),
        entry.paid_at.strftime("%d.%m.%Y %H:%M:%S"),
        _cell(entry.account),
        entry.amount.decimal(),
        _cell(entry.operation),
    )


def _cell(text: str) -> str:
    if any(each in text for each in _FORBIDDEN) or text.startswith(_FORMULA):
        raise ValueError("a text does not fit into a cell of the registry")
    return text
