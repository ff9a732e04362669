"""The terminal's configuration for the bench, made from the commented example by setting single keys.

The example stays what it is, comments included; a key set here is all that differs from a real terminal.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "terminal.example.toml"

_SECTION = re.compile(r"\[([a-z_.]+)\]\s*")
_KEY = re.compile(r"(?:# )?([a-z_]+) = .*")

Setting = str | int | bool


@dataclass(frozen=True, slots=True)
class PanelSize:
    """Pixels of the screen as it is mounted, and their density."""

    width: int
    height: int
    dots_per_inch: int


PANELS: Mapping[str, PanelSize] = {
    "portrait": PanelSize(1080, 1920, 102),
    "landscape": PanelSize(1280, 1024, 86),
}
"""A 21.5 inch Full HD panel on its side and a 19 inch panel of 5:4."""


def set_keys(text: str, settings: Mapping[str, Setting]) -> str:
    """The configuration `text` with each `section.key` set; a commented key becomes a real one.

    Raises `ValueError` naming every key that the text does not have.
    """
    left = dict(settings)
    section = ""
    lines = []
    for line in text.splitlines():
        if match := _SECTION.fullmatch(line):
            section = match[1]
        elif (match := _KEY.fullmatch(line)) and f"{section}.{match[1]}" in left:
            line = f"{match[1]} = {_toml(left.pop(f'{section}.{match[1]}'))}"
        lines.append(line)
    if left:
        raise ValueError(f"the configuration has no place for {', '.join(sorted(left))}")
    result = "\n".join(lines) + "\n"
    tomllib.loads(result)
    return result


def comment_out(text: str, full_key: str) -> str:
    """The text with that key switched off, when it is on."""
    wanted, _, key = full_key.rpartition(".")
    section = ""
    lines = []
    for line in text.splitlines():
        if match := _SECTION.fullmatch(line):
            section = match[1]
        elif section == wanted and line.startswith(f"{key} = "):
            line = f"# {line}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _toml(value: Setting) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower()
