"""The terminal's configuration: one TOML file, read once, every mistake in it told at once.

`load` returns `TerminalConfig`, the only form in which the rest of the terminal sees settings. Apart from reading the
file nothing is opened: devices, hosts and other files named in it are the business of whoever uses them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from terminal.configuration.money_sections import (
    BillAcceptor,
    FiscalRegister,
    Metering,
    Payments,
    Processing,
    Transfer,
    Visit,
)
from terminal.configuration.problems import ConfigError, Fault, Problem, describe_errors
from terminal.configuration.reader import Reader
from terminal.configuration.section import Conflict
from terminal.configuration.sections import Disk, Identity, Journal, Kiosk, PersonalData, Service, Watchdog
from terminal.configuration.working_hours import WorkingHours

__all__ = ["ConfigError", "Problem", "TerminalConfig", "check", "describe_errors", "load"]

MAX_FILE_BYTES = 1_000_000
"""A larger file is not a configuration."""
MAX_SOCKET_PATH_BYTES = 107
"""`sun_path` of a Unix socket on Linux, unix(7)."""


@dataclass(frozen=True, slots=True)
class TerminalConfig:
    """All settings of one terminal. Paths are absolute or start in the folder of the file."""

    terminal: Identity
    bill_acceptor: BillAcceptor
    fiscal_register: FiscalRegister
    processing: Processing
    service: Service = field(default_factory=Service)
    transfer: Transfer = field(default_factory=Transfer)
    payments: Payments = field(default_factory=Payments)
    metering: Metering = field(default_factory=Metering)
    visit: Visit = field(default_factory=Visit)
    kiosk: Kiosk = field(default_factory=Kiosk)
    watchdog: Watchdog = field(default_factory=Watchdog)
    working_hours: WorkingHours | None = None
    disk: Disk = field(default_factory=Disk)
    journal: Journal = field(default_factory=Journal)
    personal_data: PersonalData = field(default_factory=PersonalData)

    @property
    def service_socket(self) -> Path:
        """Where the service listens."""
        return self.service.socket or self.terminal.state_directory / "service.sock"

    def conflicts(self) -> Iterator[Conflict]:
        """Names of sockets must fit what the kernel takes."""
        sockets = {"service.socket": self.service_socket, "kiosk.mirror_socket": self.kiosk.mirror_socket}
        for key, path in sockets.items():
            if path is not None and len(bytes(path)) > MAX_SOCKET_PATH_BYTES:
                yield Conflict(key, str(path), f"путь к сокету не длиннее {MAX_SOCKET_PATH_BYTES} байт")


def load(path: Path) -> TerminalConfig:
    """Read the file. Raises `ConfigError` with every problem in it."""
    config, problems = _read(path)
    if config is None or problems:
        raise ConfigError(problems)
    return config


def check(path: Path) -> list[Problem]:
    """Everything that is wrong with the file, in the order of the sections; empty when it can be used."""
    return _read(path)[1]


def _read(path: Path) -> tuple[TerminalConfig | None, list[Problem]]:
    path = path.absolute()
    try:
        body = _toml(path)
    except (OSError, ValueError) as error:
        return None, [Problem(path, "", Fault.UNREADABLE, "", _why_unreadable(error))]
    reader = Reader(path)
    return reader.section(TerminalConfig, body), reader.problems


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        raw = file.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise _Unusable(f"больше {MAX_FILE_BYTES} байт")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except RecursionError as error:
        raise _Unusable("слишком много скобок друг в друге") from error


class _Unusable(ValueError):
    """Not a file to look into further; the text says why, in Russian."""


def _why_unreadable(error: OSError | ValueError) -> str:
    match error:
        case FileNotFoundError():
            return "файла нет"
        case OSError():
            return f"{error.strerror}"
        case UnicodeDecodeError():
            return f"не UTF-8, байт {error.start}"
        case tomllib.TOMLDecodeError():
            place = re.search(r"line (\d+), column (\d+)", str(error))
            where = f"строка {place[1]}, знак {place[2]}" if place else "конец файла"
            return f"ошибка записи TOML, {where}"
        case _Unusable():
            return str(error)
        case _:
            return "число длиннее, чем бывает"
