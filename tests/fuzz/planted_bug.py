"""A reader with a bug three decisions deep, and one that hangs: fuzzing that does not find them finds nothing."""

from __future__ import annotations

from tests.fuzz.target import Target

MARK = b"\x02\x03"


def read(data: bytes) -> int:
    """The length of a toy frame: a mark, a length, and at least so many bytes."""
    if not data.startswith(MARK) or len(data) < 4:
        return 0
    if data[2] > 0x80:
        while data[3] == 0x7F:
            pass
        return 2
    if data[2] > 0x20 and data[3] == data[2] ^ 0x55:
        return data[len(data)]
    return 1


def check_hang(data: bytes) -> None:
    if data[2:3] > b"\x80":
        read(data)


def check_error(data: bytes) -> None:
    if data[2:3] <= b"\x80":
        read(data)


TARGETS = (
    Target("planted-error", check_error, max_bytes=8, seeds=(MARK + b"\x01\x00",)),
    Target("planted-hang", check_hang, max_bytes=8, seeds=(MARK + b"\x81\x00",), hang_s=0.3),
)
