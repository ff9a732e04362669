"""What a client types to find an account, made comparable: the account number with its check digit, and addresses.

The check digit is that of ISO/IEC 7812-1 annex B (the "Luhn" sum): it finds every single wrong digit and every swap
of neighbours but 0 and 9, before the host is asked about somebody else's account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.identifiers import AccountNumber
from terminal.accounts.account import LookupRefusal

ACCOUNT_DIGITS = 10
"""Length of an account number, check digit included."""
MAX_TYPED = 100
"""Characters of one part of an address; the rest is cut off."""

_STREET_KINDS = frozenset((
    "улица", "ул", "проспект", "просп", "пр-кт", "пр-т", "пр", "переулок", "пер", "площадь", "пл", "бульвар", "бул",
    "б-р", "набережная", "наб", "шоссе", "ш", "проезд", "пр-д", "аллея", "тупик", "туп", "линия",
))
_LOCALITY_KINDS = frozenset((
    "город", "г", "гор", "поселок", "пос", "п", "пгт", "рп", "село", "с", "деревня", "дер", "д", "станица", "ст-ца",
    "хутор", "х",
))
_HOUSE_PART = re.compile(r"(?:корпус|корп|кор|к)\.?\s*(?=\d)")
_HOUSE_BUILDING = re.compile(r"(?:строение|стр|с)\.?\s*(?=\d)")
_HOUSE_KIND = re.compile(r"^(?:дом|д)\.?\s*(?=\d)")
_FLAT_KIND = re.compile(r"^(?:квартира|кв)\.?\s*")


@dataclass(frozen=True, slots=True)
class AddressKey:
    """An address reduced to what tells it from another: lower case, no kinds of street, no `ё`, no spare spaces."""

    locality: str
    street: str
    house: str
    flat: str


def check_digit(stem: str) -> str:
    """The digit that completes an account number. Raises `ValueError` unless `stem` is decimal digits."""
    if not _is_digits(stem):
        raise ValueError("an account number is made of decimal digits")
    return str(-_weighted_sum(stem + "0") % 10)


def has_right_check_digit(number: str) -> bool:
    """Whether the last digit follows from the others."""
    return _is_digits(number) and len(number) > 1 and _weighted_sum(number) % 10 == 0


def read_account_number(typed: str, digits: int = ACCOUNT_DIGITS) -> AccountNumber | LookupRefusal:
    """The number that was typed, spaces and hyphens ignored; `WRONG_NUMBER` for a slip of the finger."""
    bare = re.sub(r"[\s\-]", "", typed)
    if len(bare) != digits or not has_right_check_digit(bare):
        return LookupRefusal.WRONG_NUMBER
    return AccountNumber(bare)


def address_key(locality: str, street: str, house: str, flat: str = "") -> AddressKey:
    """`ул. Лётчика Пилютова`, `Д. 12 корп. 2`, `кв. 7` become `летчика пилютова`, `12к2`, `7`."""
    return AddressKey(
        locality=_without_kinds(locality, _LOCALITY_KINDS),
        street=_without_kinds(street, _STREET_KINDS),
        house=_house(house),
        flat=_FLAT_KIND.sub("", _plain(flat)).replace(" ", ""),
    )


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _weighted_sum(number: str) -> int:
    sum_of_digits = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        sum_of_digits += value - 9 if value > 9 else value
    return sum_of_digits


def _plain(text: str) -> str:
    return " ".join(text[:MAX_TYPED].casefold().replace("ё", "е").split())


def _without_kinds(text: str, kinds: frozenset[str]) -> str:
    words = _plain(text).replace(".", ". ").replace(",", " ").split()
    kept = [word for word in words if word.rstrip(".") not in kinds]
    return " ".join(kept or words)


def _house(text: str) -> str:
    house = _HOUSE_KIND.sub("", _plain(text).replace(",", " "))
    return _HOUSE_BUILDING.sub("с", _HOUSE_PART.sub("к", house)).replace(" ", "")
