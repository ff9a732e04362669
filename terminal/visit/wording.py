"""Dates, periods and numbers as Russian readers expect them, in every language."""

from __future__ import annotations

from datetime import date

from contracts.money import NO_BREAK_SPACE

TAIL_DIGITS = 4


def day_text(day: date) -> str:
    """`20.10.2026`."""
    return f"{day:%d.%m.%Y}"


def period_text(period: str) -> str:
    """`2026-10` as `10.2026`; any other form as it is."""
    year, dash, month = period.partition("-")
    return f"{month}.{year}" if dash else period


def number_text(number: int) -> str:
    """`12 345`, groups of three held together."""
    return f"{number:,}".replace(",", NO_BREAK_SPACE)


def grouped_account(typed: str) -> str:
    """An account number while it is typed, in groups easily compared with the bill: `4471 0000 18`."""
    return NO_BREAK_SPACE.join(typed[at:at + TAIL_DIGITS] for at in range(0, len(typed), TAIL_DIGITS))


def account_tail(number: str) -> str:
    """The last digits only, for pages that others may see: `…0018`."""
    return f"…{number[-TAIL_DIGITS:]}"


def register_places(kwh: int, digits: int) -> str:
    """A reading as the meter shows it, leading zeros included: `04521`."""
    return f"{kwh:0{digits}d}"
