"""The files of the second journal on the simulated disk: the same crash points and the same power as the database."""

from __future__ import annotations

from collections.abc import Sequence
from errno import EIO, ENOSPC

from tests.simulation.disk import SimulatedDisk, SimulatedFile


class SimulatedAppendFile:
    """Implements `terminal.ports.append_files.AppendFile`."""

    def __init__(self, disk: SimulatedDisk, file: SimulatedFile) -> None:
        self._disk = disk
        self._file = file
        self._life = disk.life

    def _require_life(self) -> None:
        if self._life != self._disk.life:
            raise OSError(EIO, "the process is dead")

    def size(self) -> int:
        return len(self._file.seen)

    def read(self, offset: int, length: int) -> bytes:
        self._require_life()
        if self._disk.failing and self._disk.fails("read"):
            raise OSError(EIO, "the disk could not be read")
        return bytes(memoryview(self._file.seen)[offset : offset + length])

    def append(self, data: bytes) -> None:
        self._require_life()
        disk = self._disk
        disk.pass_crash_point("mirror-write")
        if disk.full and not disk.is_spared:
            disk.happened["disk-full"] += 1
            raise OSError(ENOSPC, "no space left")
        if disk.failing and disk.fails("write"):
            raise OSError(EIO, "the disk could not be written")
        self._file.write(len(self._file.seen), data)

    def truncate(self, length: int) -> None:
        self._require_life()
        self._disk.pass_crash_point("mirror-truncate")
        self._file.truncate(length)

    def sync(self) -> None:
        self._require_life()
        self._disk.pass_crash_point("mirror-sync")
        if self._disk.failing and self._disk.fails("sync"):
            self._file.fail_to_sync()
            raise OSError(EIO, "the disk could not be synced")
        self._file.sync()
        self._disk.pass_crash_point("mirror-synced")

    def close(self) -> None:
        pass


class SimulatedFolder:
    """Implements `terminal.ports.append_files.AppendFolder`."""

    def __init__(self, disk: SimulatedDisk, path: str) -> None:
        self._disk = disk
        self._path = path + "/"
        self._life = disk.life

    def _require_life(self) -> None:
        if self._life != self._disk.life:
            raise OSError(EIO, "the process is dead")

    def names(self) -> Sequence[str]:
        return sorted(each.removeprefix(self._path) for each in self._disk.files if each.startswith(self._path))

    def open(self, name: str) -> SimulatedAppendFile:
        self._require_life()
        self._disk.read_afresh(self._path + name)
        return SimulatedAppendFile(self._disk, self._disk.files.setdefault(self._path + name, SimulatedFile()))

    def remove(self, name: str) -> None:
        self._require_life()
        self._disk.pass_crash_point("mirror-remove")
        self._disk.files.pop(self._path + name, None)
