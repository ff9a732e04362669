"""Account numbers of the host: two digits for the company, seven that count, one check digit.

The check digit is that of ISO/IEC 7812-1, annex B.
"""

from __future__ import annotations

LENGTH = 10


def with_check_digit(stem: str) -> str:
    """The complete number. `stem` has nine digits."""
    return stem + next(digit for digit in "0123456789" if is_right(stem + digit))


def is_right(number: str) -> bool:
    """Whether length and check digit are right."""
    if len(number) != LENGTH or not (number.isascii() and number.isdigit()):
        return False
    single = [int(digit) for digit in number[1::2]]
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in number[0::2]]
    return (sum(single) + sum(doubled)) % 10 == 0
