"""Rules for addresses: of hosts and of devices. Syntax only; nothing is looked up or opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class HostUrl:
    """The address of a host. Without TLS only on the terminal itself."""

    suffix: str = ""

    def read(self, value: object, folder: Path) -> str:
        del folder
        if not isinstance(value, str) or re.search(r"\s", value):
            raise ValueError("not a URL")
        parts = urlsplit(value)
        _ = parts.port
        if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
            raise ValueError("not a plain URL")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("not TLS")
        return value.rstrip("/")

    def allowed(self) -> str:
        return "адрес https://узел[:порт]/путь без пароля; http:// только на этой же машине"


@dataclass(frozen=True, slots=True)
class DeviceUrl:
    """Where a device is attached: the syntax only, nothing is opened."""

    suffix: str = ""

    def read(self, value: object, folder: Path) -> str:
        del folder
        if not isinstance(value, str) or re.search(r"\s", value):
            raise ValueError("not a URL")
        parts = urlsplit(value)
        if parts.fragment or parts.username:
            raise ValueError("no '#' and no user")
        match parts.scheme:
            case "serial" | "pty":
                _check_line(parts.netloc, parts.path, parts.query)
            case "tcp":
                if not parts.hostname or not parts.port or parts.path or parts.query:
                    raise ValueError("tcp needs host and port and nothing else")
            case _:
                raise ValueError("unknown scheme")
        return value

    def allowed(self) -> str:
        return ("serial:///dev/имя?baud=9600[&parity=N|E|O], pty:///путь[?baud=9600] или tcp://узел:порт")


_BAUDS = ("1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200", "230400", "460800")
_LINE_OPTIONS = {"baud": _BAUDS, "parity": ("N", "E", "O")}


def _check_line(netloc: str, path: str, query: str) -> None:
    if netloc or len(path) < 2:
        raise ValueError("an absolute path is needed")
    options = parse_qs(query, strict_parsing=True, keep_blank_values=True) if query else {}
    for name, values in options.items():
        if name not in _LINE_OPTIONS or len(values) != 1 or values[0] not in _LINE_OPTIONS[name]:
            raise ValueError(f"option {name}")
