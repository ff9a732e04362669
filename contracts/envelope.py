"""The service's Unix socket: JSON lines in both directions, one message a line.

A client opens the socket, says `Hello` with its role, and gets the current page at once and every later page as it
is published (roles `kiosk` and `visit`); any role may send `Touch` (roles `kiosk` and `visit` only) or `Ask`.
A line longer than `MAX_LINE_BYTES` or of an unknown kind is answered with `Refused`, never with silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

from contracts.pages import (
    Button,
    ButtonRole,
    EntryField,
    Figure,
    Notice,
    Page,
    PageKind,
    Row,
    TimeoutWarning,
    Tone,
    Touch,
)

PROTOCOL_VERSION = 1
MAX_LINE_BYTES = 65_536
ROLES = ("kiosk", "visit", "status", "technician")


@dataclass(frozen=True, slots=True)
class Hello:
    """First line of a client."""

    role: str
    version: int = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Shown:
    """The kiosk has put a page on the glass: the frame with it has been swapped."""

    page: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the service: `what` is `status`, `insert` is never asked here (money comes from devices)."""

    what: str
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an `Ask`, fields by name."""

    what: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a line was not taken."""

    reason: str


Part = TypeVar("Part", Notice, Row, Figure, EntryField, Button, TimeoutWarning)
_DECLARED: Mapping[type[Any], Mapping[str, type[Any]]] = {
    kind: get_type_hints(kind) for kind in (Notice, Row, Figure, EntryField, Button, TimeoutWarning)
}
Message = Hello | Shown | Ask | Answer | Refused | Touch | Page


def encode(message: Message) -> bytes:
    """One line with its newline."""
    match message:
        case Page():
            body: dict[str, Any] = {"kind": "page", "page": message}
        case _:
            body = {"kind": type(message).__name__.lower(), **_fields(message)}
    line = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_fields).encode() + b"\n"
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"a message of {len(line)} bytes does not fit a line")
    return line


def _fields(value: Any) -> dict[str, Any]:
    """The fields of a value by name; a page is written while the client waits, so nothing is copied."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def decode(line: bytes) -> Message:
    """Read one line. Raises `ValueError` with the reason when it is not a message."""
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("line too long")
    try:
        body = json.loads(line, parse_constant=_refuse)
        return _from_body(body)
    except (LookupError, TypeError, AttributeError, OverflowError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(f"not a message: {error}") from error


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _from_body(body: dict[str, Any]) -> Message:
    match body["kind"]:
        case "hello":
            return Hello(str(body["role"]), int(body["version"]))
        case "shown":
            return Shown(int(body["page"]))
        case "touch":
            return Touch(int(body["page"]), str(body["element"]))
        case "ask":
            return Ask(str(body["what"]), {str(k): str(v) for k, v in body.get("arguments", {}).items()})
        case "answer":
            return Answer(str(body["what"]), dict(body["body"]))
        case "refused":
            return Refused(str(body["reason"]))
        case "page":
            return page_from_body(body["page"])
        case other:
            raise ValueError(f"unknown kind of message: {other!r}")


def page_from_body(body: Mapping[str, Any]) -> Page:
    """Rebuild a page from its JSON body. Raises `ValueError`, `LookupError`, `TypeError`, `AttributeError` or
    `OverflowError` when it is not one."""
    step = body.get("step")
    entry = body.get("field")
    warning = body.get("warning")
    return Page(
        number=int(body["number"]),
        kind=PageKind(body["kind"]),
        language=str(body["language"]),
        heading=str(body["heading"]),
        lead=str(body.get("lead", "")),
        step=(int(step[0]), int(step[1])) if step else None,
        step_text=str(body.get("step_text", "")),
        notices=tuple(_part(Notice, {**each, "tone": Tone(each["tone"])}) for each in body.get("notices", ())),
        rows=tuple(_part(Row, each) for each in body.get("rows", ())),
        figures=tuple(_part(Figure, each) for each in body.get("figures", ())),
        field=_part(EntryField, entry) if entry else None,
        buttons=tuple(_part(Button, {**each, "role": ButtonRole(each["role"])}) for each in body.get("buttons", ())),
        warning=_part(TimeoutWarning, warning) if warning else None,
        qr=str(body.get("qr", "")),
        footer=str(body.get("footer", "")),
        busy=bool(body.get("busy", False)),
    )


def _part(kind: type[Part], body: Mapping[str, Any]) -> Part:
    """A part of a page, each value of its declared type: whoever draws it relies on that. Raises `TypeError`."""
    part = kind(**body)
    for name, declared in _DECLARED[kind].items():
        if type(getattr(part, name)) is not declared:
            raise TypeError(f"{kind.__name__}.{name} is not of its type")
    return part
