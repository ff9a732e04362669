"""JSON out of fuzzed bytes: as they are, or as a script of edits on a good document.

Mutating text seldom leaves it JSON. An input that begins with `EDITS` names a document and then edits: which node,
and what stands there instead. So a mutation of the input is a change in the meaning of a document.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from tests.fuzz.byte_choices import ByteChoices

EDITS = 0x01
"""First byte of a script; no JSON text begins with it."""
MAX_EDITS = 12
_WRITTEN = {"~infinite": "1e999", "~no number": "NaN", "~huge": "9" * 5000}
"""Numbers that no Python value is written as; they stand in a document under these names until it is text."""
_VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 255, 65536, 10**12, 10**13, 2**63, 10**30, -(10**30), 0.5, 1e300, *_WRITTEN,
    "", "0", "x", "я" * 40, "\ud800", "\x00", "a\nb", "\u202e", "٣", "x" * 300, "2026-02-30", "2026-11-20",
    "9999-12-31T23:59:59+00:00", [], [1], [[[]]], ["a", "b"], {}, {"a": 1}, {"": None},
)


def document(data: bytes, good: Sequence[object]) -> bytes:
    """The text that an input stands for; `good` are documents by the book."""
    if data[:1] != bytes([EDITS]):
        return data
    choices = ByteChoices(data[1:])
    body: Any = copy.deepcopy(choices.of(good))
    for _ in range(MAX_EDITS):
        if not choices:
            break
        body = _edit(body, choices)
    text = json.dumps(body)
    for name, written in _WRITTEN.items():
        text = text.replace(f'"{name}"', written)
    return text.encode()


def _edit(body: Any, choices: ByteChoices) -> Any:
    """One edit: put a value in place of a node, drop it, or put a sibling's value there."""
    places = _places(body)
    if not places:
        return _value(choices)
    parent, name = places[choices.below(len(places))]
    match choices.below(4):
        case 0 | 1:
            parent[name] = _value(choices)
        case 2 if isinstance(parent, dict):
            del parent[name]
        case _:
            other, place = places[choices.below(len(places))]
            parent[name] = copy.deepcopy(other[place])
    return body


def _value(choices: ByteChoices) -> object:
    return copy.deepcopy(choices.of(_VALUES))


def _names(parent: Any) -> Any:
    return range(len(parent)) if isinstance(parent, list) else parent


def _places(body: Any) -> list[tuple[Any, Any]]:
    """Every node but the root, as its parent and its name there, in document order."""
    found: list[tuple[Any, Any]] = []
    if isinstance(body, dict | list):
        for name in list(_names(body)):
            found.append((body, name))
            found += _places(body[name])
    return found
