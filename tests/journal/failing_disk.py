"""A disk in memory that loses what was not synced, tears sectors, fills up and fails: an SQLite file system.

A file is what is durable and what is pending since. A power cut keeps any part of the pending writes, in pieces of a
sector; a piece that was being written may hold garbage (SQLite's own assumption: sectors are not atomic).
"""

from __future__ import annotations

from random import Random

import apsw

from tests.support.disk_in_memory import SECTOR_BYTES, DiskInMemory, OpenFile, PendingFile, apply, put


class DiskFile(PendingFile):
    """A file on a disk that the power can be taken from."""

    __slots__ = ()

    def cut(self, random: Random) -> None:
        """The power goes: each pending write is kept, lost or torn, without regard to order."""
        mode = random.choice(("none", "all", "prefix", "some"))
        count = random.randint(0, len(self.pending))
        for index, each in enumerate(self.pending):
            kept = {"none": False, "all": True, "prefix": index < count, "some": random.random() < 0.5}[mode]
            if isinstance(each, int):
                if kept:
                    apply(self.durable, each)
                continue
            offset, data = each
            for start in range(0, len(data), SECTOR_BYTES):
                piece = data[start : start + SECTOR_BYTES]
                if kept and (mode != "some" or random.random() < 0.8):
                    put(self.durable, offset + start, piece)
                elif kept:
                    put(self.durable, offset + start, random.randbytes(len(piece)))
        self.show_the_platter()


class FailingDisk(DiskInMemory[DiskFile]):
    """An apsw file system by a name of its own. `forget_syncs` is a disk that lies."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
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

    def opened(self, path: str) -> FailingFile:
        return FailingFile(self, self.files.setdefault(path, DiskFile()))


class FailingFile(OpenFile[DiskFile]):
    """One open file of the disk."""

    __slots__ = ("_disk",)

    def __init__(self, disk: FailingDisk, file: DiskFile) -> None:
        super().__init__(file)
        self._disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:
        grown = max(0, offset + len(data) - len(self._file.seen))
        if self._disk.capacity is not None:
            used = sum(len(each.seen) for each in self._disk.files.values())
            if used + grown > self._disk.capacity:
                raise apsw.FullError("no space left")
        self._file.write(offset, bytes(data))

    def xSync(self, flags: int) -> None:
        self._disk.syncs += 1
        if self._disk.fail_sync is not None:
            self._disk.fail_sync -= 1
            if self._disk.fail_sync < 0:
                self._disk.fail_sync = None
                raise apsw.IOError("the disk could not be synced")
        if not self._disk.forget_syncs:
            self._file.sync()
