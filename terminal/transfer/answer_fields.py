"""Fields of a JSON answer, read one by one with their type and bounds.

Everything from outside is checked where it enters. What does not fit raises `WrongAnswer`, whose text names the field
and never its value: an answer may hold personal data. Fields that nobody asks for are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date

from contracts.money import LIMIT_KOPECKS, Money

MAX_TEXT = 200
"""Characters of one text."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line and paragraph marks, marks that turn the direction of text, halves of surrogate pairs."""


class WrongAnswer(ValueError):
    """Not an answer by the contract. Safe to log."""


class Fields:
    """A JSON object with the path at which it stands in the answer."""

    def __init__(self, values: Mapping[str, object], path: str = "") -> None:
        self._values = values
        self._path = path

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(name) is not None

    def text(self, name: str, form: str = "", most: int = MAX_TEXT) -> str:
        """A text of 1 to `most` printable characters that matches the expression `form`, if one is given."""
        value = self._values.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= most or _UNPRINTABLE.search(value):
            raise self._wrong(name, "not a text")
        if form and re.fullmatch(form, value, re.ASCII) is None:
            raise self._wrong(name, "not of its form")
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """An integer within bounds, both allowed. `1.0` and `true` are not integers."""
        value = self._values.get(name)
        if type(value) is not int or not least <= value <= most:
            raise self._wrong(name, "not an integer in its range")
        return value

    def money(self, name: str) -> Money:
        """Integer kopecks of either sign."""
        return Money(self.whole(name, 1 - LIMIT_KOPECKS, LIMIT_KOPECKS - 1))

    def flag(self, name: str, default: bool | None = None) -> bool:
        """A boolean; `default` when absent, if there is one."""
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "not a boolean")
        return value

    def day(self, name: str) -> date:
        """An ISO date."""
        value = self.text(name, r"\d{4}-\d\d-\d\d")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise self._wrong(name, "not a date") from error

    def raw(self, name: str) -> object:
        """The value as it came, for a reader that checks every field by itself."""
        return self._values.get(name)

    def part(self, name: str) -> Fields:
        """An object within this one."""
        return self._object(self._values.get(name), name)

    def parts(self, name: str, most: int) -> Iterator[Fields]:
        """A list of up to `most` objects."""
        value = self._values.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise self._wrong(name, f"not a list of at most {most}")
        return (self._object(each, f"{name}[{place}]") for place, each in enumerate(value))

    def same(self, name: str, expected: object) -> None:
        """Check that the answer repeats what was sent; anything else is the answer to another request."""
        value = self._values.get(name)
        if type(value) is not type(expected) or value != expected:
            raise self._wrong(name, "answers another request")

    def _object(self, value: object, name: str) -> Fields:
        if not isinstance(value, dict):
            raise self._wrong(name, "not an object")
        return Fields(value, f"{self._path}{name}.")

    def _wrong(self, name: str, why: str) -> WrongAnswer:
        return WrongAnswer(f"{self._path}{name}: {why}")


def read_object(body: bytes) -> Fields:
    """The JSON object that a body is. Raises `WrongAnswer` for anything else: half of one, HTML, two equal names."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise WrongAnswer(f"not JSON ({len(body)} bytes)") from error
    if not isinstance(value, dict):
        raise WrongAnswer("not a JSON object")
    return Fields(value)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return values


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")
