"""A disk in memory that loses what was not synced, tears sectors, fills up and fails: an SQLite file system.

A file is what is durable and what is pending since. A power cut keeps any part of the pending writes, in pieces of a
sector; a piece that was being written may hold garbage (SQLite's own assumption: sectors are not atomic).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import apsw

SECTOR_BYTES = 512


@dataclass
class DiskFile:
    """Content as the program sees it, as the platter has it, and the writes between the two."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)
    """Writes (offset, data) and truncations (length), in order."""

    def write(self, offset: int, data: bytes) -> None:
        self.pending.append((offset, data))
        _put(self.seen, offset, data)

    def truncate(self, length: int) -> None:
        self.pending.append(length)
        del self.seen[length:]

    def sync(self) -> None:
        for each in self.pending:
            _replay(self.durable, each)
        self.pending.clear()

    def cut(self, random: Random) -> None:
        """The power goes: each pending write is kept, lost or torn, without regard to order."""
        mode = random.choice(("none", "all", "prefix", "some"))
        count = random.randint(0, len(self.pending))
        for index, each in enumerate(self.pending):
            kept = {"none": False, "all": True, "prefix": index < count, "some": random.random() < 0.5}[mode]
            if isinstance(each, int):
                if kept:
                    _replay(self.durable, each)
                continue
            offset, data = each
            for start in range(0, len(data), SECTOR_BYTES):
                piece = data[start : start + SECTOR_BYTES]
                if kept and (mode != "some" or random.random() < 0.8):
                    _put(self.durable, offset + start, piece)
                elif kept:
                    _put(self.durable, offset + start, random.randbytes(len(piece)))
        self.pending.clear()
        self.seen = bytearray(self.durable)


class FailingDisk(apsw.VFS):
    """An apsw file system by a name of its own. `forget_syncs` is a disk that lies."""

    def __init__(self, name: str) -> None:
        super().__init__(name, base="")
        self.name = name
        self.files: dict[str, DiskFile] = {}
        self.syncs = 0
        self.fail_sync: int | None = None
        """Syncs from now until one fails; None for never."""
        self.capacity: int | None = None
        """Bytes of all files together; a write beyond says that the disk is full."""
        self.forget_syncs = False

    def cut(self, random: Random) -> None:
        """Take the power away; what is open must not be used any more."""
        for each in self.files.values():
            each.cut(random)
        self.fail_sync = None

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> OpenFile:  # type: ignore[override]
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        return OpenFile(self, self.files.setdefault(path, DiskFile()))

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.files.pop(filename, None)

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.files

    def xFullPathname(self, name: str) -> str:
        return name


class OpenFile:
    """One open file of the disk, by the methods SQLite calls."""

    def __init__(self, disk: FailingDisk, file: DiskFile) -> None:
        self._disk = disk
        self._file = file

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        grown = max(0, offset + len(data) - len(self._file.seen))
        if self._disk.capacity is not None:
            used = sum(len(each.seen) for each in self._disk.files.values())
            if used + grown > self._disk.capacity:
                raise apsw.FullError("no space left")
        self._file.write(offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        self._file.truncate(newsize)

    def xSync(self, flags: int) -> None:
        self._disk.syncs += 1
        if self._disk.fail_sync is not None:
            self._disk.fail_sync -= 1
            if self._disk.fail_sync < 0:
                self._disk.fail_sync = None
                raise apsw.IOError("the disk could not be synced")
        if not self._disk.forget_syncs:
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


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _replay(content: bytearray, each: tuple[int, bytes] | int) -> None:
    if isinstance(each, int):
        del content[each:]
    else:
        _put(content, *each)
