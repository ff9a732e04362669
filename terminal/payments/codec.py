"""Facts as canonical JSON and back.

Canonical: keys sorted, no spaces, UTF-8, integers and strings only. The journal's hash chain covers these bytes, so
the form of a kind never changes; a field that comes later has a default.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from types import UnionType
from typing import Any, get_args, get_type_hints

from contracts.money import Money
from terminal.payments.facts import Fact


def _classes(union: UnionType) -> tuple[type[Fact], ...]:
    return get_args(union)


BY_KIND: dict[str, type[Fact]] = {each.kind: each for each in _classes(Fact)}
_HINTS: dict[str, dict[str, Any]] = {kind: get_type_hints(each) for kind, each in BY_KIND.items()}


def to_body(fact: Fact) -> str:
    """The canonical JSON of a fact's fields."""
    body = {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_body(kind: str, body: str) -> Fact:
    """Read a record back. Raises `ValueError` for an unknown kind or a body that does not fit it."""
    known = BY_KIND.get(kind)
    if known is None:
        raise ValueError(f"unknown kind of record: {kind!r}")
    hints = _HINTS[kind]
    build: Callable[..., Fact] = known
    try:
        values = json.loads(body)
        return build(**{name: Money(value) if hints[name] is Money else value for name, value in values.items()})
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(f"record {kind} does not fit its kind: {error}") from error


def _plain(value: object) -> object:
    return value.kopecks if isinstance(value, Money) else value
