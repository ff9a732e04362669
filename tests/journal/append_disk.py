"""Files for the second journal on the failing disk: what was not synced may go at a power cut."""

from __future__ import annotations

from collections.abc import Sequence

from tests.journal.failing_disk import DiskFile, FailingDisk

PREFIX = "mirror/"


class FailingFolder:
    """Implements `ports.append_files.AppendFolder` on a `FailingDisk`; names are durable at once."""

    def __init__(self, disk: FailingDisk) -> None:
        self._disk = disk
        self.fail: str | None = None
        """The operation that fails from now on: `append`, `sync`, `open`; None for none."""

    def names(self) -> Sequence[str]:
        return sorted(name.removeprefix(PREFIX) for name in self._disk.files if name.startswith(PREFIX))

    def open(self, name: str) -> FailingAppendFile:
        self.require("open")
        return FailingAppendFile(self, self._disk.files.setdefault(PREFIX + name, DiskFile()))

    def remove(self, name: str) -> None:
        del self._disk.files[PREFIX + name]

    def content(self, name: str) -> bytearray:
        """What the program sees of a file, to be looked at and altered."""
        return self._disk.files[PREFIX + name].seen

    def require(self, operation: str) -> None:
        if self.fail == operation:
            raise OSError(f"the disk refuses: {operation}")


class FailingAppendFile:
    """One open file."""

    def __init__(self, folder: FailingFolder, file: DiskFile) -> None:
        self._folder = folder
        self._file = file

    def size(self) -> int:
        return len(self._file.seen)

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._file.seen[offset : offset + length])

    def append(self, data: bytes) -> None:
        self._folder.require("append")
        self._file.write(len(self._file.seen), data)

    def truncate(self, length: int) -> None:
        self._file.truncate(length)

    def sync(self) -> None:
        self._folder.require("sync")
        self._file.sync()

    def close(self) -> None:
        pass
