"""What a section of the configuration is: a frozen dataclass whose fields carry a rule and an explanation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Protocol, Union, get_args, get_origin, get_type_hints, runtime_checkable

from terminal.configuration.rules import Rule


@dataclass(frozen=True, slots=True)
class About:
    """What a key is for, in Russian, and the value that the example shows, written as in TOML.

    `sample` may be left out when the default is a number or a boolean. A `secret` is never repeated in a message.
    `live` shows a key without a default uncommented in the example.
    """

    text: str
    sample: str = ""
    secret: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values of a section that are each allowed but do not go together."""

    key: str
    given: str
    allowed: str


@runtime_checkable
class Related(Protocol):
    """A section whose values depend on one another."""

    def conflicts(self) -> Iterator[Conflict]:
        """Everything that does not go together."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section, as declared."""

    attribute: str
    name: str
    rule: Rule
    about: About
    default: Any
    required: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A section within a section, as declared."""

    attribute: str
    section: type[Any]
    required: bool
    optional: bool
    """May be absent altogether, and then there is nothing of it."""


def entries(section: type[Any]) -> Iterator[Key | Table]:
    """Keys and tables of a section in the order of declaration."""
    hints = get_type_hints(section, include_extras=True)
    for declared in fields(section):
        hint = hints[declared.name]
        inner = _section_within(hint)
        if inner is not None:
            yield Table(declared.name, inner, _required(declared), declared.default is None)
        elif get_origin(hint) is Annotated:
            _, rule, about = get_args(hint)
            yield Key(declared.name, declared.name + rule.suffix, rule, about, declared.default, _required(declared))


def heading(section: type[Any]) -> str:
    """What the section is about, in Russian."""
    return str(section.HEADING)


def _section_within(hint: Any) -> type[Any] | None:
    candidates = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    for each in candidates:
        if each is not NoneType and isinstance(each, type) and is_dataclass(each) and hasattr(each, "HEADING"):
            return each
    return None


def _required(declared: Field[Any]) -> bool:
    return declared.default is MISSING and declared.default_factory is MISSING
