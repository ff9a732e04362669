"""Reads a section out of parsed TOML: every problem is collected, nothing stops at the first."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from terminal.configuration.problems import Fault, Problem
from terminal.configuration.section import Key, Related, Table, entries

Section = TypeVar("Section")

MAX_GIVEN = 80
"""How much of a wrong value is repeated in a message, characters."""


@dataclass(slots=True)
class Reader:
    """One pass over one file."""

    file: Path
    problems: list[Problem] = field(default_factory=list)

    def section(self, kind: type[Section], body: object, prefix: str = "") -> Section | None:
        """The section as a value, or `None` when anything in it is wrong; then `problems` has grown."""
        if not isinstance(body, dict):
            self._add(prefix.rstrip("."), Fault.WRONG, _shown(body), "раздел с ключами")
            return None
        before = len(self.problems)
        values: dict[str, Any] = {}
        known: dict[str, Key | Table] = {}
        for entry in entries(kind):
            name = entry.name if isinstance(entry, Key) else entry.attribute
            known[name] = entry
            if name in body:
                values[entry.attribute] = self._present(entry, body[name], prefix + name)
            elif entry.required:
                self._missing(entry, prefix + name)
        self._unknown(body, known, prefix)
        if len(self.problems) > before:
            return None
        made = kind(**values)
        self._conflicts(made, prefix)
        return made

    def _present(self, entry: Key | Table, value: object, name: str) -> Any:
        if isinstance(entry, Table):
            return self.section(entry.section, value, f"{name}.")
        try:
            return entry.rule.read(value, self.file.parent)
        except ValueError:
            self._add(name, Fault.WRONG, "" if entry.about.secret else _shown(value), entry.rule.allowed())
            return None

    def _missing(self, entry: Key | Table, name: str) -> None:
        if isinstance(entry, Table):
            self.section(entry.section, {}, f"{name}.")
        else:
            self._add(name, Fault.MISSING, "", entry.rule.allowed())

    def _unknown(self, body: dict[str, Any], known: dict[str, Key | Table], prefix: str) -> None:
        for name in body.keys() - known.keys():
            close = difflib.get_close_matches(name, known, n=1)
            meant = close[0] if close else ""
            self.problems.append(
                Problem(self.file, prefix + name, Fault.UNKNOWN, "", ", ".join(sorted(known)), meant))

    def _conflicts(self, made: object, prefix: str) -> None:
        if isinstance(made, Related):
            for each in made.conflicts():
                self._add(prefix + each.key, Fault.CONFLICT, each.given, each.allowed)

    def _add(self, key: str, fault: Fault, given: str, allowed: str) -> None:
        self.problems.append(Problem(self.file, key, fault, given, allowed))


def _shown(value: object) -> str:
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= MAX_GIVEN else text[: MAX_GIVEN - 1] + "…"
