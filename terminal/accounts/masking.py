"""Names and addresses as a stranger at the screen may see them: enough for the client to recognise, not to learn.

Masking is idempotent, so that an answer which the host has masked already passes unchanged, and it hides the length
of what it hides. A part that is not understood is hidden, never shown.
"""

from __future__ import annotations

import re

from terminal.accounts.account import HolderKind

HIDDEN = "****"
HIDDEN_FLAT = "**"
MAX_NAME_PARTS = 4
"""Surname, first name, patronymic, and one more; further words are left out."""
MAX_ADDRESS_PARTS = 10

_SOLE_TRADER = re.compile(r"(ИП|Индивидуальный предприниматель)\s+", re.IGNORECASE)
_LOCALITY = re.compile(
    r"(г|гор|город|пос|поселок|посёлок|п|пгт|рп|село|с|деревня|дер|обл|область|край|р-н|район|респ|республика)"
    r"[.\s]", re.IGNORECASE)
_LOCALITY_BEHIND = re.compile(r"\s(обл|область|край|р-н|район)\.?$", re.IGNORECASE)
_HOUSE = re.compile(
    r"((д|дом|корп|корпус|к|стр|строение|вл)[.\s]\s*\d[0-9А-Яа-яA-Za-z/\-]{0,7}\s*|(лит|литера)[.\s]\s*[А-Яа-я]\s*)+",
    re.IGNORECASE)
_FLAT = re.compile(r"(кв|квартира|ком|комната|пом|помещение|оф|офис)[.\s]", re.IGNORECASE)
_STREET_KINDS = (
    "ул", "улица", "пр", "просп", "проспект", "пр-кт", "пр-т", "пер", "переулок", "пл", "площадь", "бул", "бульвар",
    "б-р", "наб", "набережная", "ш", "шоссе", "проезд", "пр-д", "аллея", "тупик", "линия", "мкр", "микрорайон",
)
_STREET = re.compile(rf"({'|'.join(_STREET_KINDS)})[.\s]+", re.IGNORECASE)
_STREET_BEHIND = re.compile(rf"\s+({'|'.join(_STREET_KINDS)})\.?$", re.IGNORECASE)
_POSTCODE = re.compile(r"\d{6}")


def masked_holder(kind: HolderKind, name: str) -> str:
    """A citizen's name masked; a company's name is public and stays, a sole trader's is a citizen's."""
    trader = _SOLE_TRADER.match(name)
    if trader is not None:
        return f"ИП {masked_name(name[trader.end():])}"
    return " ".join(name.split()) if kind is HolderKind.LEGAL_ENTITY else masked_name(name)


def masked_name(full: str) -> str:
    """`Иванов Пётр Семёнович` becomes `И****в П. С.`; empty stays empty."""
    words = full.replace(".", " ").split()
    if not words:
        return ""
    initials = [f"{word[0].upper()[:1]}." for word in words[1:MAX_NAME_PARTS]]
    return " ".join((masked_word(words[0]), *initials))


def masked_address(full: str) -> str:
    """`г. Псков, ул. Ленина, д. 12, кв. 34` becomes `г. Псков, ул. Л****а, д. 12, кв. **`; the postcode goes."""
    parts = [" ".join(part.split()) for part in full.split(",")[:MAX_ADDRESS_PARTS]]
    return ", ".join(_masked_part(part) for part in parts if part and not _POSTCODE.fullmatch(part))


def masked_word(word: str) -> str:
    """First and last letter with `****` between; of a word of three letters or fewer the first only."""
    if len(word) <= 3:
        return f"{word[:1]}{HIDDEN}"
    return f"{word[0]}{HIDDEN}{word[-1]}" if word[-1] != "*" else f"{word[0]}{HIDDEN}"


def _masked_part(part: str) -> str:
    flat = _FLAT.match(part)
    if flat is not None:
        return f"{part[:flat.end()].rstrip()} {HIDDEN_FLAT}"
    if _HOUSE.fullmatch(part) or _LOCALITY.match(part) or _LOCALITY_BEHIND.search(part):
        return part
    street = _STREET.match(part)
    if street is not None:
        return part[:street.end()] + _masked_words(part[street.end():])
    behind = _STREET_BEHIND.search(part)
    if behind is not None:
        return _masked_words(part[:behind.start()]) + part[behind.start():]
    return _masked_words(part)


def _masked_words(words: str) -> str:
    return " ".join(masked_word(word) for word in words.split())
