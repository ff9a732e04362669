"""A disk in memory under SQLite: what was not synced may be lost, kept, kept in part, or torn, at every cut.

Every write and every sync is a crash point. Files opened by a process that has died answer nothing any more, so that
its remains cannot change what the next one finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from hashlib import blake2b
from itertools import pairwise
from random import Random

import apsw

from tests.simulation.crash import Dead
from tests.support.disk_in_memory import SECTOR_BYTES, DiskInMemory, OpenFile, PendingFile, Write, apply

PLATTER_BYTES = 12
GARBAGE_SHARE = 0.2
"""Of the sectors that were under the head when the power went."""


class Fate(StrEnum):
    """What becomes of the writes that were not synced."""

    KEPT = "kept"
    """A killed process: the operating system writes them later."""
    LOST = "lost"
    PREFIX = "prefix"
    SUBSET = "subset"
    """Any of them, in any order."""
    TORN = "torn"
    """As a prefix, and the last one only in part, by sectors."""
    GARBAGE = "garbage"
    """As torn, with random bytes in a sector that was being written."""


class SimulatedFile(PendingFile):
    """A file of which the system may still show what it has given up writing."""

    __slots__ = ("_platter", "begun_at", "begun_with", "is_forgotten", "out_of_order", "written_at")

    def __init__(self) -> None:
        super().__init__()
        self.is_forgotten = False
        """What programs see has parts that no later sync will bring to the platter."""
        self.out_of_order = 0
        """How often the power has gone when several writes were not synced and came to the platter in any order."""
        self.written_at = 0
        """The disk's count of writes at the last one."""
        self.begun_at = 0
        """The same when something was last written at the beginning, and what that was."""
        self.begun_with = b""
        self._platter = ""

    @property
    def platter(self) -> str:
        """A digest of what lies there for good."""
        if not self._platter:
            self._platter = blake2b(self.durable, digest_size=PLATTER_BYTES).hexdigest()
        return self._platter

    def sync(self) -> None:
        if self.pending:
            self._platter = ""
            super().sync()

    def flip(self, offset: int, bit: int) -> None:
        """A bit has gone bad while the power was off."""
        self.durable[offset] ^= 1 << bit
        self._platter = ""
        self.show_the_platter()

    def fail_to_sync(self) -> None:
        """The system tells of it once, counts the pages as clean, and still shows them (Rebello et al., ATC 2020)."""
        self.is_forgotten = self.is_forgotten or bool(self.pending)
        self.pending.clear()

    def read_afresh(self) -> None:
        """Write what is pending, and show what the platter has."""
        self.sync()
        if self.is_forgotten:
            self.seen, self.is_forgotten = bytearray(self.durable), False

    def lose_power(self, fate: Fate, random: Random) -> None:
        if fate is Fate.KEPT or not (self.pending or self.is_forgotten):
            return
        self._platter = ""
        self.out_of_order += fate is Fate.SUBSET and len(self.pending) > 1
        for each in _survivors(self.pending, fate, random):
            apply(self.durable, each)
        self.is_forgotten = False
        self.show_the_platter()


def _survivors(pending: list[Write | int], fate: Fate, random: Random) -> list[Write | int]:
    if fate is Fate.LOST:
        return []
    if fate is Fate.SUBSET:
        return [each for each in pending if random.random() < 0.5]
    count = random.randrange(len(pending) + 1)
    kept = pending[:count]
    if fate is Fate.PREFIX or count == len(pending):
        return kept
    last = pending[count]
    return kept if isinstance(last, int) else [*kept, *_torn(last, fate, random)]


def _torn(write: Write, fate: Fate, random: Random) -> list[Write | int]:
    """The sectors of one write that made it."""
    offset, data = write
    pieces: list[Write | int] = []
    starts = [0, *range(SECTOR_BYTES - offset % SECTOR_BYTES, len(data), SECTOR_BYTES)]
    for start, end in pairwise([*starts, len(data)]):
        piece = data[start:end]
        if fate is Fate.GARBAGE and random.random() < GARBAGE_SHARE:
            pieces.append((offset + start, random.randbytes(len(piece))))
        elif random.random() < 0.5:
            pieces.append((offset + start, piece))
    return pieces


class SimulatedDisk(DiskInMemory[SimulatedFile]):
    """An SQLite file system by a name of its own; `crash_point` is asked at every write and sync."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.writes = 0
        self.life = 0
        """Grows with every death: files of an earlier life are dead."""
        self.crash_point: Callable[[str], bool] = lambda _place: False
        self.failing: dict[str, int] = {}
        """Kind of operation → operations from now until one fails."""
        self.full = False
        self.is_spared = False
        """It has had its fault, and nothing else fails until that is made good."""
        self.happened: Counter[str] = Counter()

    def clear(self) -> None:
        """An empty disk that nobody disturbs."""
        self.files.clear()
        self.writes = 0
        self.life += 1
        self.crash_point = lambda _place: False
        self.failing.clear()
        self.full = self.is_spared = False
        self.happened.clear()

    def die(self, fate: Fate, random: Random) -> None:
        """The computer is gone; each file keeps what fate leaves it."""
        self.life += 1
        for each in self.files.values():
            if each.pending:
                self.happened[f"disk-{fate.value}"] += 1
            each.lose_power(fate, random)

    def unsynced(self) -> tuple[tuple[int, int], ...]:
        """For each file how many writes are not synced, and how long it is."""
        return tuple((len(each.pending), len(each.seen)) for each in self.files.values())

    @property
    def is_dirty(self) -> bool:
        return any(each.pending for each in self.files.values())

    def pass_crash_point(self, place: str) -> None:
        if self.crash_point(place):
            raise Dead

    def read_afresh(self, path: str) -> None:
        """Take the place of `terminal.journal.database.read_afresh`."""
        if path in self.files:
            self.pass_crash_point("disk-sync")
            self.files[path].read_afresh()

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Nothing fails meanwhile: somebody looks who is not part of the terminal."""
        failing, self.failing = self.failing, {}
        try:
            yield
        finally:
            self.failing = failing

    def fails(self, kind: str) -> bool:
        """Whether this operation is the one that was to fail."""
        if self.is_spared:
            return False
        left = self.failing.get(kind)
        if left is None:
            return False
        if left > 0:
            self.failing[kind] = left - 1
            return False
        del self.failing[kind]
        self.happened[f"disk-{kind}-fails"] += 1
        return True

    def opened(self, path: str) -> MortalFile:
        return MortalFile(self, self.files.setdefault(path, SimulatedFile()))


class MortalFile(OpenFile[SimulatedFile]):
    """One open file of a process that may die."""

    __slots__ = ("_disk", "_life")

    def __init__(self, disk: SimulatedDisk, file: SimulatedFile) -> None:
        super().__init__(file)
        self._disk = disk
        self._life = disk.life

    def _require_life(self) -> None:
        if self._life != self._disk.life:
            raise apsw.IOError("the process is dead")

    def xRead(self, amount: int, offset: int) -> bytes:
        self._require_life()
        if self._disk.failing and self._disk.fails("read"):
            raise apsw.IOError("the disk could not be read")
        return bytes(memoryview(self._file.seen)[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._require_life()
        disk = self._disk
        disk.pass_crash_point("disk-write")
        if disk.full and not disk.is_spared and offset + len(data) > len(self._file.seen):
            disk.happened["disk-full"] += 1
            raise apsw.FullError("no space left")
        if disk.failing and disk.fails("write"):
            raise apsw.IOError("the disk could not be written")
        disk.writes += 1
        file, content = self._file, bytes(data)
        file.write(offset, content)
        file.written_at = disk.writes
        if offset == 0:
            file.begun_at, file.begun_with = disk.writes, content

    def xTruncate(self, newsize: int) -> None:
        self._require_life()
        self._disk.pass_crash_point("disk-truncate")
        self._file.truncate(newsize)

    def xSync(self, flags: int) -> None:
        self._require_life()
        disk = self._disk
        disk.pass_crash_point("disk-sync")
        if disk.failing and disk.fails("sync"):
            self._file.fail_to_sync()
            raise apsw.IOError("the disk could not be synced")
        self._file.sync()
        disk.pass_crash_point("disk-synced")
