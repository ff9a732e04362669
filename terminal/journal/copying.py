"""A journal copied for looking at: the file in use is never opened twice.

Opening and closing the file beside a running service would drop its locks (sqlite.org/howtocorrupt.html, 2.2), so
the copy is made only while nobody has it; while the service runs, it must be asked or stopped.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from terminal.journal.database import lock_path, log_path, take_lock
from terminal.journal.migrations import APPLICATION_ID, migrate
from terminal.ports.records import StoreRefused


@contextmanager
def copied(path: Path) -> Iterator[apsw.Connection]:
    """A connection to a copy of the journal, gone at the end. Raises `StoreRefused`: in use, missing, no journal."""
    with copied_file(path) as copy:
        connection = apsw.Connection(str(copy))
        try:
            connection.execute("PRAGMA query_only = ON")
            yield connection
        finally:
            connection.close()


@contextmanager
def copied_file(path: Path) -> Iterator[Path]:
    """A copy as one plain file without a log, for tools with an SQLite of their own. Raises `StoreRefused`."""
    with tempfile.TemporaryDirectory(prefix="journal-copy-") as directory:
        copy = Path(directory) / "journal.db"
        _copy(path, copy)
        try:
            _settle(copy)
        except apsw.Error as error:
            raise StoreRefused(f"{path} cannot be read: {error}") from error
        yield copy


def _copy(path: Path, copy: Path) -> None:
    """Copy file and log while nobody has them. A file brought from elsewhere has no lock beside it."""
    if not path.is_file():
        raise StoreRefused(f"there is no journal {path}")
    lock = take_lock(path) if lock_path(path).exists() else None
    try:
        shutil.copyfile(path, copy)
        if log_path(path).exists():
            shutil.copyfile(log_path(path), log_path(copy))
    finally:
        if lock is not None:
            os.close(lock)


def _settle(copy: Path) -> None:
    """Bring the log into the copied file, and the file to the newest schema."""
    connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        row = connection.execute("PRAGMA application_id").fetchone()
        if row != (APPLICATION_ID,):
            raise StoreRefused("the file is not a journal of this terminal's software")
        migrate(connection)
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        connection.close()
