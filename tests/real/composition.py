"""The store of a real process, put together as production does it, with a ballast fit for tests."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.identifiers import TerminalId
from terminal.environment import SystemClock
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.vault import FileVault

TERMINAL = TerminalId("T-0001")
CLOCK = SystemClock(ZoneInfo("Europe/Moscow"))
BALLAST_BYTES = 64 * 1024


def journal_path(directory: Path) -> Path:
    return directory / "journal.db"


def open_store(directory: Path) -> OpenedJournal:
    """Raises `StoreRefused`."""
    return open_journal(journal_path(directory), TERMINAL, CLOCK, ballast_bytes=BALLAST_BYTES)


def open_vault(directory: Path) -> FileVault:
    return FileVault(directory / "vault.key")
