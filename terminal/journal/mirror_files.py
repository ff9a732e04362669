"""The second journal's files on a real disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from terminal.journal.fresh_reading import read_afresh


class DiskFile:
    """Implements `ports.append_files.AppendFile` with one descriptor."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._size = os.fstat(handle).st_size

    def size(self) -> int:
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._handle, length, offset)

    def append(self, data: bytes) -> None:
        """A short write is an error of the disk: the rest would not fit either."""
        written = os.pwrite(self._handle, data, self._size)
        self._size += written
        if written != len(data):
            raise OSError(f"{written} of {len(data)} bytes were written")

    def truncate(self, length: int) -> None:
        os.ftruncate(self._handle, length)
        self._size = length

    def sync(self) -> None:
        os.fdatasync(self._handle)

    def close(self) -> None:
        os.close(self._handle)


class DiskFolder:
    """Implements `ports.append_files.AppendFolder`; the folder is made when it is first used."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> Sequence[str]:
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return sorted(entry.name for entry in os.scandir(self._path) if entry.is_file())

    def open(self, name: str) -> DiskFile:
        fresh = not (self._path / name).exists()
        read_afresh(self._path / name)
        handle = os.open(self._path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if fresh:
            self._sync_names()
        return DiskFile(handle)

    def remove(self, name: str) -> None:
        (self._path / name).unlink()
        self._sync_names()

    def _sync_names(self) -> None:
        handle = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
