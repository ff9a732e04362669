"""A disk in memory under SQLite: files whose writes reach the platter at a sync, and what SQLite calls on them.

What becomes of the writes that were not synced, and what fails, is for those who build upon it.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar

import apsw

SECTOR_BYTES = 512

Write = tuple[int, bytes]
"""Offset and content."""


class PendingFile:
    """What the program sees, what the platter has, and the writes between the two."""

    __slots__ = ("durable", "pending", "seen")

    def __init__(self, content: bytes = b"") -> None:
        """`content` lies on the platter already."""
        self.seen = bytearray(content)
        self.durable = bytearray(content)
        self.pending: list[Write | int] = []
        """Writes, and lengths to which the file was cut, in order."""

    def write(self, offset: int, data: bytes) -> None:
        self.pending.append((offset, data))
        put(self.seen, offset, data)

    def truncate(self, length: int) -> None:
        self.pending.append(length)
        del self.seen[length:]

    def sync(self) -> None:
        for each in self.pending:
            apply(self.durable, each)
        self.pending.clear()

    def show_the_platter(self) -> None:
        """The power is back: what is still pending never was."""
        self.pending.clear()
        self.seen = bytearray(self.durable)


File = TypeVar("File", bound=PendingFile)


class DiskInMemory(apsw.VFS, Generic[File]):
    """An SQLite file system by a name of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(name, base="")
        self.name = name
        self.files: dict[str, File] = {}

    @abstractmethod
    def opened(self, path: str) -> OpenFile[File]:
        """The file at a path, made if there is none, for SQLite to work on."""

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> OpenFile[File]:  # type: ignore[override]
        flags[1] = flags[0]
        return self.opened(name.filename() if isinstance(name, apsw.URIFilename) else str(name))

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.files.pop(filename, None)

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.files

    def xFullPathname(self, name: str) -> str:
        return name


class OpenFile(Generic[File]):
    """One open file, by the methods that SQLite calls; nothing fails, and nobody else has it open."""

    __slots__ = ("_file",)

    def __init__(self, file: File) -> None:
        self._file = file

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(memoryview(self._file.seen)[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._file.write(offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        self._file.truncate(newsize)

    def xSync(self, flags: int) -> None:
        self._file.sync()

    def xFileSize(self) -> int:
        return len(self._file.seen)

    def xClose(self) -> None:
        pass

    def xLock(self, level: int) -> None:
        pass

    def xUnlock(self, level: int) -> None:
        pass

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR_BYTES

    def xDeviceCharacteristics(self) -> int:
        return 0


def put(content: bytearray, offset: int, data: bytes) -> None:
    """Write into a file that may have to grow."""
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def apply(content: bytearray, each: Write | int) -> None:
    """Bring one pending change to the platter."""
    if isinstance(each, int):
        del content[each:]
    else:
        put(content, *each)
