"""What a program prints, in a file that does not grow without end."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

MAX_LOG_BYTES = 4_000_000
"""At this size the file becomes `NAME.log.1`, and the one before it is dropped."""


class LogFile:
    """Opened by the first `write`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    def write(self, data: bytes) -> None:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab", buffering=0)
        self._file.write(data)
        if self._file.tell() >= MAX_LOG_BYTES:
            self.close()
            self.path.replace(self.path.with_name(self.path.name + ".1"))

    def last_line(self) -> str:
        """The last line written, for whoever asks why a program ended; empty when there is none."""
        try:
            lines = self.path.read_bytes()[-2000:].decode(errors="replace").strip().splitlines()
        except FileNotFoundError:
            return ""
        return lines[-1] if lines else ""

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
