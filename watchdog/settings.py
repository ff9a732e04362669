"""The few settings of the watchdog, read from the terminal's own configuration file.

The watchdog shares no code with what it supervises, so it reads its keys by itself: the tables `[watchdog]` and
`[working_hours]`, the state directory and the time zone. Everything else in the file is the business of the
processes, and they complain about it themselves.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracts import supervision
from contracts.working_hours import (
    KEYS,
    SPECIAL_DAYS,
    WEEKDAYS,
    WHOLE_DAY,
    Spans,
    WorkingHours,
    parse_spans,
    parse_special_days,
)
from watchdog.limits import Limits

RANGES = {
    "start_allowance_s": (5, 600),
    "freeze_after_s": (5, 600),
    "stop_grace_s": (1, 120),
    "restart_backoff_first_s": (1, 60),
    "restart_backoff_max_s": (1, 600),
    "restarts_per_hour": (1, 100),
    "slow_retry_s": (30, 3600),
}
MAX_SOCKET_PATH_BYTES = 107
"""unix(7)."""
Value = TypeVar("Value")


class SettingsError(Exception):
    """The watchdog cannot start with this file; the installer must act. The text says everything that is wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the watchdog needs to know."""

    config: Path
    """The file itself, handed on to the processes."""
    folder: Path
    """The watchdog's own folder within the state directory, for what outlives it."""
    runtime: Path
    """For what does not: socket and lock. The same folder unless that cannot be written."""
    ledger: Path
    limits: Limits
    hours: WorkingHours = field(default_factory=lambda: WorkingHours(UTC))
    """What outages are counted within."""

    @property
    def life_signs(self) -> Path:
        """The datagram socket of life signs."""
        return self.runtime / "life-signs.sock"

    @property
    def memory(self) -> Path:
        return self.folder / "memory.json"

    @property
    def word(self) -> Path:
        """What the service and the command line read, `contracts.supervision`."""
        return self.folder.parent / supervision.FILE

    @property
    def lock(self) -> Path:
        return self.runtime / "watchdog.lock"


def load(path: Path) -> Settings:
    """Read the file. Raises `SettingsError`."""
    path = path.absolute()
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: файл не читается: {error}") from error
    wrong: list[str] = []
    table = _table(body, "watchdog", wrong)
    limits = _limits(table, wrong)
    terminal = _table(body, "terminal", wrong)
    hours = _hours(_table(body, "working_hours", wrong), terminal.get("time_zone"), wrong)
    state = _path(terminal.get("state_directory"), "terminal.state_directory", path, wrong)
    folder = state / "watchdog"
    ledger = folder / "ledger.jsonl"
    if "ledger" in table:
        ledger = _path(table["ledger"], "watchdog.ledger", path, wrong)
    settings = Settings(path, folder, folder, ledger, limits, hours)
    if len(bytes(settings.life_signs)) > MAX_SOCKET_PATH_BYTES:
        wrong.append(f"terminal.state_directory: путь слишком длинный для сокета {settings.life_signs}")
    if wrong:
        raise SettingsError("\n".join(f"{path}: {each}" for each in wrong))
    return settings


def _table(body: dict[str, Any], name: str, wrong: list[str]) -> dict[str, Any]:
    table = body.get(name, {})
    if not isinstance(table, dict):
        wrong.append(f"{name}: должен быть раздел с ключами")
        return {}
    return table


def _limits(table: dict[str, Any], wrong: list[str]) -> Limits:
    given: dict[str, int] = {}
    for name in (each.name for each in fields(Limits)):
        if name not in table:
            continue
        least, most = RANGES[name]
        value = table[name]
        if type(value) is not int or not least <= value <= most:
            wrong.append(f"watchdog.{name}: недопустимое значение {value!r}. Допустимо: от {least} до {most}")
        else:
            given[name] = value
    return Limits(**given)


def _hours(table: dict[str, Any], zone: object, wrong: list[str]) -> WorkingHours:
    """Without the table the terminal works round the clock, whatever the zone."""
    if not table:
        return WorkingHours(UTC)
    wrong += [f"working_hours.{name}: неизвестный ключ" for name in table if name not in KEYS]
    week = tuple(_parsed(table, name, parse_spans, WHOLE_DAY, wrong) for name in WEEKDAYS)
    nothing: dict[date, Spans] = {}
    special = _parsed(table, SPECIAL_DAYS, parse_special_days, nothing, wrong)
    try:
        return WorkingHours(ZoneInfo(str(zone)), week, special)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        wrong.append(f"terminal.time_zone: нет часового пояса {zone!r}, а без него нет рабочего времени")
        return WorkingHours(UTC)


def _parsed(table: dict[str, Any], name: str, parse: Callable[[object], Value], default: Value,
            wrong: list[str]) -> Value:
    if name not in table:
        return default
    try:
        return parse(table[name])
    except ValueError:
        wrong.append(f"working_hours.{name}: недопустимое значение {table[name]!r}")
        return default


def _path(value: object, key: str, config: Path, wrong: list[str]) -> Path:
    if not isinstance(value, str) or not value.strip():
        wrong.append(f"{key}: нужен путь")
        return config.parent
    return config.parent / value
