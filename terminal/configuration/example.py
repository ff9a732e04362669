"""The example configuration, written from the sections themselves so that it cannot fall behind them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from terminal.configuration.section import Key, Table, entries, heading

WIDTH = 110

_OPENING = """\
# Настройки терминала. Здесь перечислены все ключи. Ключ без решётки нужно задать или проверить; ключ с решёткой
# необязателен.
# Проверка: python -m terminal check-config ФАЙЛ"""


def render(config: type[Any]) -> str:
    """The whole commented file for the class of the configuration."""
    parts = [_OPENING]
    for entry in entries(config):
        if isinstance(entry, Table):
            parts.append("\n".join(_section(entry.section, entry.attribute, optional=entry.optional)))
    return "\n\n".join(parts) + "\n"


def _section(section: type[Any], name: str, *, optional: bool) -> Iterator[str]:
    yield from _comment(heading(section))
    yield f"# [{name}]" if optional else f"[{name}]"
    tables = []
    for entry in entries(section):
        if isinstance(entry, Table):
            tables.append(entry)
        else:
            unset = not entry.required and entry.default is None and not entry.about.live
            yield from _key(entry, commented=optional or unset)
    for table in tables:
        yield ""
        yield from _section(table.section, f"{name}.{table.attribute}", optional=table.optional)


def _key(key: Key, *, commented: bool) -> Iterator[str]:
    yield ""
    yield from _comment(f"{key.about.text} [{key.rule.allowed()}]")
    line = f"{key.name} = {key.about.sample or _written(key.default)}"
    yield f"# {line}" if commented else line


def _comment(text: str) -> Iterator[str]:
    for line in textwrap.wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise TypeError(f"a sample is needed for {value!r}")
