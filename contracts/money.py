"""Money as whole kopecks, in a type of its own.

No floating point comes near a sum: amounts enter as integers of kopecks or as decimal text and leave the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

KOPECKS_IN_RUBLE = 100
LIMIT_KOPECKS = 10**13
"""No sum in the product may reach a hundred billion rubles; anything larger is a decoding error."""

_DECIMAL = re.compile(r"(-?)(\d{1,11})(?:[.,](\d{1,2}))?", re.ASCII)
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """A signed sum in kopecks.

    Raises `TypeError` for anything but a plain integer and `ValueError` outside ±`LIMIT_KOPECKS`.
    """

    kopecks: int

    def __post_init__(self) -> None:
        if type(self.kopecks) is not int:
            raise TypeError(f"kopecks must be an integer, got {self.kopecks!r}")
        if abs(self.kopecks) >= LIMIT_KOPECKS:
            raise ValueError(f"a sum of {self.kopecks} kopecks is out of range")

    @classmethod
    def rubles(cls, rubles: int) -> Self:
        """Whole rubles."""
        return cls(rubles * KOPECKS_IN_RUBLE)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1234`, `1234.5` or `1234,56` rubles. Raises `ValueError` for any other form."""
        match = _DECIMAL.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not a sum in rubles: {text!r}")
        sign, whole, fraction = match.groups()
        kopecks = int(whole) * KOPECKS_IN_RUBLE + int((fraction or "0").ljust(2, "0"))
        return cls(-kopecks if sign else kopecks)

    def __add__(self, other: Money) -> Money:
        return Money(self.kopecks + other.kopecks)

    def __sub__(self, other: Money) -> Money:
        return Money(self.kopecks - other.kopecks)

    def __mul__(self, times: int) -> Money:
        return Money(self.kopecks * times)

    def __neg__(self) -> Money:
        return Money(-self.kopecks)

    def __bool__(self) -> bool:
        return self.kopecks != 0

    def decimal(self) -> str:
        """Rubles with a point and two digits, for wires and files: `1234.56`."""
        sign = "-" if self.kopecks < 0 else ""
        rubles, kopecks = divmod(abs(self.kopecks), KOPECKS_IN_RUBLE)
        return f"{sign}{rubles}.{kopecks:02d}"

    def __str__(self) -> str:
        """Rubles as Russian readers expect them, `1 234,56 ₽`; kopecks are left out when zero."""
        sign = "−" if self.kopecks < 0 else ""
        rubles, kopecks = divmod(abs(self.kopecks), KOPECKS_IN_RUBLE)
        grouped = f"{rubles:,}".replace(",", NO_BREAK_SPACE)
        fraction = f",{kopecks:02d}" if kopecks else ""
        return f"{sign}{grouped}{fraction}{NO_BREAK_SPACE}₽"


ZERO = Money(0)


def total(sums: list[Money] | tuple[Money, ...]) -> Money:
    """The sum of sums; zero for none."""
    return Money(sum(each.kopecks for each in sums))
