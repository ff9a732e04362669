"""Lines of bytes by address, all behind `terminal.ports.line.Line`.

Making a line does no I/O; opening it does. A simulated device is another address, never another code path.
"""

from __future__ import annotations

from typing import assert_never

from terminal.devices.line_address import SerialAddress, TcpAddress, check_address, parse_address
from terminal.devices.serial_line import SerialLine
from terminal.devices.tcp_line import TcpLine
from terminal.ports.line import Line

__all__ = ["check_address", "open_line"]


def open_line(url: str) -> Line:
    """The line of that address, still closed. Raises `ValueError`, saying what is allowed, for a bad one."""
    match parse_address(url):
        case SerialAddress() as address:
            return SerialLine(url, address)
        case TcpAddress() as address:
            return TcpLine(url, address)
        case never:
            assert_never(never)
