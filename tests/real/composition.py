"""The store of a real process, put together as production does it, with a ballast fit for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.identifiers import TerminalId
from terminal.environment import SystemClock
from terminal.journal.mirror_files import DiskFolder
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.vault import FileVault

TERMINAL = TerminalId("T-0001")
CLOCK = SystemClock(ZoneInfo("Europe/Moscow"))
BALLAST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where a terminal's memory lies, and where the world's."""

    disk: Path
    """Folder of the journal, its second copy and the keys, on the file system under test."""
    truth: Path
    """File of the devices' and the host's truth, which no fault of the disk may touch."""

    @property
    def journal(self) -> Path:
        return self.disk / "journal.db"


def place_in(directory: Path) -> Place:
    """Everything in one folder."""
    return Place(directory, directory / "truth")


def mirror_of(directory: Path) -> DiskFolder:
    """The second journal's files."""
    return DiskFolder(directory / "journal.mirror")


def open_store(place: Place) -> OpenedJournal:
    """Raises `StoreRefused`."""
    mirror = mirror_of(place.disk)
    return open_journal(place.journal, TERMINAL, CLOCK, ballast_bytes=BALLAST_BYTES, mirror=mirror)


def open_vault(place: Place) -> FileVault:
    return FileVault(place.disk / "vault.key")
