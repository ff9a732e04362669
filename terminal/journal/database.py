"""The one connection to the journal's file, and the only place that commits.

Opening refuses whatever could lose money later. A commit that does not return is neither a yes nor a no: from then
on this object answers nothing, because the connection may see rows that the disk never got (a failed sync leaves the
pages looking clean), and the process must end.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import apsw

from terminal.journal.fresh_reading import read_afresh
from terminal.journal.migrations import migrate
from terminal.journal.settings import (
    GROWN_WAL_BYTES,
    apply_settings,
    keep_log_file,
    prepare_log,
    require_safe_library,
    start_log_over,
)
from terminal.ports.records import StoreFailed, StoreRefused

GROWTH_NEEDS_BYTES = 4 * GROWN_WAL_BYTES
"""Free space under which the log does not grow."""

_FAILED_BEFORE = "a commit has failed: only a fresh process may read the journal"

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
log = logging.getLogger(__name__)


class Contradiction(Exception):
    """A step that cannot be true beside what is remembered."""


class Database:
    """An open journal file. Made by `open_database`."""

    def __init__(self, path: Path, connection: apsw.Connection, lock: int) -> None:
        self.path = path
        self._connection = connection
        self._transaction = connection.cursor()
        self._lock = lock
        self._failed = False

    @property
    def connection(self) -> apsw.Connection:
        """For reading. Raises `StoreFailed` once a commit has failed."""
        if self._failed:
            raise StoreFailed(_FAILED_BEFORE)
        return self._connection

    def commit(self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        """Do `work` with the arguments in one transaction; when this returns, it survives a power cut.

        Raises `StoreFailed` for anything that went wrong, at any point; the cause is attached. Nothing is rolled
        back here: the end of the process does that.
        """
        if self._failed:
            raise StoreFailed(_FAILED_BEFORE)
        self._failed = True
        try:
            self._transaction.execute("BEGIN IMMEDIATE")
            result = work(*args, **kwargs)
            self._transaction.execute("COMMIT")
        except (apsw.Error, Contradiction) as error:
            log.critical("commit_failed error=%s detail=%s", type(error).__name__, error)
            raise StoreFailed(f"the journal did not confirm: {error}") from error
        self._failed = False
        return result

    def checkpoint(self) -> None:
        """Copy the log into the file, for an idle moment. Raises `StoreFailed`."""
        try:
            start_log_over(self.connection)
        except apsw.Error as error:
            self._failed = True
            raise StoreFailed(f"the journal's log could not be copied: {error}") from error

    def close(self) -> None:
        """Let go of the file. After a failure this leaves it as a killed process would."""
        try:
            if not self._failed:
                self.checkpoint()
            self._connection.close(force=True)
        finally:
            os.close(self._lock)


def lock_path(path: Path) -> Path:
    """The file that says who has the journal."""
    return path.with_name(path.name + ".lock")


def log_path(path: Path) -> Path:
    """SQLite's write-ahead log."""
    return path.with_name(path.name + "-wal")


def open_database(path: Path, vfs: str | None = None) -> Database:
    """Open or create the journal at `path`. `vfs` names an apsw file system other than the system's own.

    Raises `StoreRefused`: unsafe SQLite, another process has it, read-only or full disk, damaged or foreign file.
    """
    require_safe_library(apsw.sqlite_lib_version(), __debug__)
    lock = take_lock(path)
    try:
        read_afresh(log_path(path))
        connection = _connect(path, vfs)
    except (apsw.Error, OSError, ValueError, TypeError) as error:  # text that is none, a number that is not there
        os.close(lock)
        raise StoreRefused(f"the journal {path} cannot be opened: {error}") from error
    except StoreRefused:
        os.close(lock)
        raise
    return Database(path, connection, lock)


def take_lock(path: Path) -> int:
    """Lock the journal for this process; the descriptor holds the lock. Raises `StoreRefused`."""
    try:
        lock = os.open(lock_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreRefused(f"no lock file can be made beside {path}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise StoreRefused(f"another process has the journal {path}: stop it first") from error
    return lock


def _connect(path: Path, vfs: str | None) -> apsw.Connection:
    connection = apsw.Connection(str(path), vfs=vfs)
    try:
        apply_settings(connection)
        migrate(connection)
        keep_log_file(connection)
        prepare_log(connection, log_path(path), may_grow=_free_bytes(path.parent) > GROWTH_NEEDS_BYTES)
        _sync_directory(path.parent)
    except (apsw.Error, StoreRefused):
        connection.close(force=True)
        raise
    return connection


def _free_bytes(directory: Path) -> int:
    status = os.statvfs(directory)
    return status.f_bavail * status.f_frsize


def _sync_directory(directory: Path) -> None:
    """The names of the files must survive a power cut as well as their content."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
