"""Rules for single values of the configuration: what is allowed, and what a value becomes.

A rule turns a TOML value into the value that the program uses or raises `ValueError`; `allowed` says in Russian what
the installer may write. The only thing looked up outside is the time zone, in the system's own table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from enum import Enum
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracts.money import Money


class Rule(Protocol):
    """One kind of value."""

    @property
    def suffix(self) -> str:
        """What the key in the file carries after the name of the attribute, for values that change their unit."""
        ...

    def read(self, value: object, folder: Path) -> Any:
        """The value as the program uses it. `folder` is where relative paths start. Raises `ValueError`."""
        ...

    def allowed(self) -> str:
        """In Russian: what may stand in the file."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer within a range, both ends allowed."""

    least: int
    most: int
    unit: str = ""
    suffix: str = ""

    def read(self, value: object, folder: Path) -> int:
        del folder
        if type(value) is not int or not self.least <= value <= self.most:
            raise ValueError("out of range")
        return value

    def allowed(self) -> str:
        return f"целое число от {self.least} до {self.most}{_unit(self.unit)}"


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number within a range; an integer will do."""

    least: float
    most: float
    unit: str = ""
    suffix: str = ""

    def read(self, value: object, folder: Path) -> float:
        del folder
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.least <= value <= self.most:
            raise ValueError("out of range")
        return float(value)

    def allowed(self) -> str:
        return f"число от {self.least:g} до {self.most:g}{_unit(self.unit)}"


@dataclass(frozen=True, slots=True)
class Rubles:
    """Whole rubles in the file, `Money` in the program."""

    least: int
    most: int
    suffix: str = "_rubles"

    def read(self, value: object, folder: Path) -> Money:
        return Money.rubles(Whole(self.least, self.most).read(value, folder))

    def allowed(self) -> str:
        return f"целое число от {self.least} до {self.most} ₽"


@dataclass(frozen=True, slots=True)
class NoteValues:
    """Values of banknotes, whole rubles in the file."""

    known: tuple[int, ...]
    suffix: str = "_rubles"

    def read(self, value: object, folder: Path) -> frozenset[Money]:
        del folder
        if not isinstance(value, list) or not value or any(type(each) is not int for each in value):
            raise ValueError("not a list of integers")
        if len(set(value)) != len(value) or not set(value) <= set(self.known):
            raise ValueError("not a set of known values")
        return frozenset(Money.rubles(each) for each in value)

    def allowed(self) -> str:
        return f"непустой список без повторов из номиналов {_listed(self.known)}"


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false."""

    suffix: str = ""

    def read(self, value: object, folder: Path) -> bool:
        del folder
        if not isinstance(value, bool):
            raise ValueError("not a boolean")
        return value

    def allowed(self) -> str:
        return "true или false"


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text of limited length, of a form given by a regular expression when not every text will do."""

    most: int
    form: str = r"[^\x00-\x1f\x7f]+"
    form_said: str = ""
    suffix: str = ""

    def read(self, value: object, folder: Path) -> str:
        del folder
        if not isinstance(value, str) or len(value) > self.most or re.fullmatch(self.form, value) is None:
            raise ValueError("not such a text")
        if not value.strip():
            raise ValueError("blank")
        return value

    def allowed(self) -> str:
        return self.form_said or f"строка от 1 до {self.most} знаков без переводов строки"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the names of an enumeration, written in lower case with hyphens."""

    members: type[Enum]
    suffix: str = ""

    def read(self, value: object, folder: Path) -> Enum:
        del folder
        for member in self.members:
            if choice_name(member) == value:
                return member
        raise ValueError("not one of the names")

    def allowed(self) -> str:
        return f"одно из: {_listed(self.names())}"

    def names(self) -> tuple[str, ...]:
        return tuple(f'"{choice_name(member)}"' for member in self.members)


@dataclass(frozen=True, slots=True)
class Languages:
    """Languages of the client's pages, the first one is shown first."""

    known: tuple[str, ...]
    suffix: str = ""

    def read(self, value: object, folder: Path) -> tuple[str, ...]:
        del folder
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise ValueError("not a list of texts")
        if len(set(value)) != len(value) or not set(value) <= set(self.known):
            raise ValueError("not known languages")
        return tuple(value)

    def allowed(self) -> str:
        return f"непустой список без повторов из языков {_listed(self.known)}, первый показывается первым"


@dataclass(frozen=True, slots=True)
class FilePath:
    """A path; a relative one starts in the folder of the configuration file."""

    suffix: str = ""

    def read(self, value: object, folder: Path) -> Path:
        if not isinstance(value, str) or not value.strip() or "\x00" in value:
            raise ValueError("not a path")
        return folder / value

    def allowed(self) -> str:
        return "путь; относительный отсчитывается от папки этого файла"


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA time zone."""

    suffix: str = ""

    def read(self, value: object, folder: Path) -> ZoneInfo:
        del folder
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]+(/[A-Za-z0-9_+-]+)+", value):
            raise ValueError("not a zone")
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError("no such zone") from error

    def allowed(self) -> str:
        return "часовой пояс по базе IANA, например \"Europe/Moscow\" или \"Asia/Yekaterinburg\""


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Hours and minutes by the terminal's own clock."""

    suffix: str = ""

    def read(self, value: object, folder: Path) -> time:
        del folder
        if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("not a time of day")
        return time(int(value[:2]), int(value[3:]))

    def allowed(self) -> str:
        return "время суток \"ЧЧ:ММ\" от \"00:00\" до \"23:59\""


def choice_name(member: Enum) -> str:
    """How a member of an enumeration is written in the file."""
    return member.name.lower().replace("_", "-")


def _listed(values: tuple[object, ...]) -> str:
    return ", ".join(str(each) for each in values)


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""
