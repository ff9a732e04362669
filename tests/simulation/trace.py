"""The trace of a run: a running hash over everything that happened, in order, with the virtual time of each event."""

from __future__ import annotations

from collections import deque
from hashlib import blake2b

KEPT_LINES = 4000
"""Newest events that are kept as text when somebody wants to read them."""


class Trace:
    """Two runs of one seed end with the same `digest`, or something outside the seed had a say."""

    def __init__(self, readable: bool = False) -> None:
        self._hash = blake2b(digest_size=8)
        self._lines: deque[str] | None = deque(maxlen=KEPT_LINES) if readable else None

    def add(self, at: float, event: str, detail: bytes = b"") -> None:
        self._hash.update(b"%.6f %b %b\n" % (at, event.encode(), detail))
        if self._lines is not None:
            self._lines.append(f"{at:12.6f} {event} {_readable(detail)}")

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def lines(self) -> list[str]:
        return list(self._lines or ())


def _readable(detail: bytes) -> str:
    return detail.decode() if detail.isascii() and detail.decode().isprintable() else detail.hex(" ")
