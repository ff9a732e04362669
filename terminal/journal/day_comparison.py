"""What terminal and host compare at the end of a day, from the terminal's side."""

from __future__ import annotations

from hashlib import sha256

import apsw

from contracts.money import Money
from terminal.ports.records import DayTotals

EMPTY_HEAD = bytes(32)
"""Head of a day without payments."""
_ACCEPTED = "SELECT number, key, accepted FROM payment WHERE accepted IS NOT NULL AND day = ? ORDER BY number"


def day_totals(connection: apsw.Connection, day: str) -> DayTotals:
    """Payments of a day that the host has accepted, with the head as `DayTotals` defines it."""
    head = EMPTY_HEAD
    first, last, count, total = 0, 0, 0, 0
    for number, key, kopecks in connection.execute(_ACCEPTED, (day,)):
        head = sha256(head + f"{key}:{kopecks}".encode("ascii")).digest()
        first, last, count, total = first or number, number, count + 1, total + kopecks
    return DayTotals(day, first, last, count, Money(total), head.hex())
