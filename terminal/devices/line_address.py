"""Addresses of the lines to devices, read and checked without touching the line.

`serial:///dev/terminal/bill-acceptor?baud=9600&parity=N`, `pty:///run/links/acceptor?baud=9600`, `tcp://host:port`.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

DEFAULT_BAUD = 9600
BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800)
PARITIES = ("N", "E", "O")
ALLOWED = (
    "serial:///DEVICE?baud=RATE[&parity=N|E|O], pty:///LINK?baud=RATE[&parity=N|E|O] or tcp://HOST:PORT,"
    f" RATE being one of {', '.join(str(baud) for baud in BAUDS)}"
)


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """A character device: its path and how the bytes are framed."""

    path: str
    baud: int
    parity: str


@dataclass(frozen=True, slots=True)
class TcpAddress:
    host: str
    port: int


def check_address(url: str) -> str | None:
    """What is wrong with an address, or `None` when it is good."""
    try:
        parse_address(url)
    except ValueError as error:
        return str(error)
    return None


def parse_address(url: str) -> SerialAddress | TcpAddress:
    """Read an address. Raises `ValueError` with the reason and the allowed forms."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        if parts.fragment:
            raise ValueError("there is something after '#'")
        if parts.scheme in ("serial", "pty"):
            return _serial_address(parts.netloc, parts.path, options)
        if parts.scheme == "tcp":
            if parts.path.strip("/") or options or not parts.hostname or not parts.port or parts.username:
                raise ValueError("tcp takes a host and a port and nothing else")
            return TcpAddress(parts.hostname, parts.port)
        raise ValueError(f"unknown kind of line {parts.scheme!r}")
    except ValueError as error:
        raise ValueError(f"bad line address {url!r}: {error}; allowed: {ALLOWED}") from None


def _serial_address(netloc: str, path: str, options: dict[str, str]) -> SerialAddress:
    if netloc or len(path) < 2:
        raise ValueError("the device must be an absolute path after three slashes")
    unknown = sorted(options.keys() - {"baud", "parity"})
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}")
    baud_text = options.get("baud", str(DEFAULT_BAUD))
    if baud_text not in {str(baud) for baud in BAUDS}:
        raise ValueError(f"unknown speed {baud_text!r}")
    parity = options.get("parity", "N")
    if parity not in PARITIES:
        raise ValueError(f"unknown parity {parity!r}")
    return SerialAddress(path, int(baud_text), parity)
