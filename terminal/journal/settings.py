"""How the money file is opened: every setting that durability rests on, set and read back.

Sources: sqlite.org/pragma.html, sqlite.org/wal.html. A setting that did not take is a reason not to open.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import apsw

from terminal.ports.records import StoreRefused

SAFE_SQLITE = (3, 51, 3)
"""The first version without the WAL-reset fault (sqlite.org/wal.html#walresetbug)."""
CHECKPOINT_PAGES = 1000
GROWN_WAL_BYTES = 4_300_000
"""Larger than `CHECKPOINT_PAGES` pages with their headers, so that the log never has to grow during a payment."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """A pragma, the value given, and what reading it back must say."""

    name: str
    value: str
    reads: str | int


SETTINGS = (
    Setting("locking_mode", "EXCLUSIVE", "exclusive"),  # before WAL: no shared memory, no second connection
    Setting("journal_mode", "WAL", "wal"),
    Setting("synchronous", "FULL", 2),  # NORMAL forgets confirmed commits at a power cut
    Setting("foreign_keys", "ON", 1),
    Setting("trusted_schema", "OFF", 0),
    Setting("cell_size_check", "ON", 1),
    Setting("secure_delete", "ON", 1),  # erased personal data is overwritten, not only forgotten
    Setting("temp_store", "MEMORY", 2),
    Setting("wal_autocheckpoint", str(CHECKPOINT_PAGES), CHECKPOINT_PAGES),
    Setting("journal_size_limit", "-1", -1),  # the log keeps its size
)


def require_safe_library(version: str, assertions: bool) -> None:
    """Raises `StoreRefused` for an SQLite with known damage to WAL files, and for Python without assertions."""
    if tuple(int(part) for part in version.split(".")) < SAFE_SQLITE:
        raise StoreRefused(f"SQLite {version} can damage the journal; 3.51.3 or newer is needed")
    if not assertions:
        raise StoreRefused("assertions are switched off; start Python without -O")


def apply_settings(connection: apsw.Connection) -> None:
    """Set each setting and read it back. Raises `StoreRefused` for one that did not take."""
    connection.execute("PRAGMA mmap_size = 0").fetchall()
    _require("mmap_size", connection.execute("PRAGMA mmap_size").fetchall(), ([], [(0,)]))
    for setting in SETTINGS:
        connection.execute(f"PRAGMA {setting.name} = {setting.value}").fetchall()
    if not connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 1):
        raise StoreRefused("the journal's triggers did not take")
    for setting in SETTINGS:
        _require(setting.name, connection.execute(f"PRAGMA {setting.name}").fetchall(), ([(setting.reads,)],))


def _require(name: str, found: list[tuple[object, ...]], expected: tuple[list[tuple[object, ...]], ...]) -> None:
    if found not in expected:
        raise StoreRefused(f"the journal's setting {name} did not take: {found}")


def keep_log_file(connection: apsw.Connection) -> None:
    """Closing neither copies nor deletes the write-ahead log: a file that exists need not grow again, and a close
    after a failed commit changes nothing that the next process will read."""
    if not connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1):
        raise StoreRefused("the journal's log would not outlive a close")


def prepare_log(connection: apsw.Connection, log_file: Path, *, may_grow: bool) -> None:
    """Copy what the last process left in the write-ahead log into the file, and start the log over at its full size.

    It is copied whatever the space: a sync that failed leaves pages that are seen and will never reach the disk, and
    what is written behind them would go with them at a power cut.

    A commit that overwrites blocks is about a third faster than one that adds them: the disk need not remember the
    file's new length. RESTART keeps the file; TRUNCATE would undo this. A full disk only leaves the log as it is:
    what money inside still needs must not fail here.
    """
    size = log_file.stat().st_size if log_file.exists() else 0
    try:
        if may_grow and size < GROWN_WAL_BYTES:
            _commit(connection, "CREATE TABLE IF NOT EXISTS growth (content BLOB)")
            _commit(connection, f"INSERT INTO growth VALUES (zeroblob({GROWN_WAL_BYTES}))")
            _commit(connection, "DROP TABLE growth")
        if not start_log_over(connection):
            _outdate_torn_pages(connection)
    except apsw.FullError as error:
        log.warning("journal_log_not_prepared detail=%s", error)
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _commit(connection: apsw.Connection, statement: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(statement)
    connection.execute("COMMIT")


def start_log_over(connection: apsw.Connection) -> int:
    """Copy the log into the file so that the next commit writes at its beginning. Returns the pages that were in it."""
    pages, _ = connection.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_RESTART)
    return pages


def _outdate_torn_pages(connection: apsw.Connection) -> None:
    """See to it that no page of a commit that was cut off can become part of a later one.

    A log without a whole commit is begun again with the salts that it has (`walFrames` in SQLite's wal.c), so that
    the last page of a commit of which the first ones are lost fits behind equal first pages of the next one, and both
    together are a commit that nobody made. A commit of one page fits before nothing, and with it the log is started
    over under other salts.
    """
    version = connection.pragma("user_version")
    _commit(connection, f"PRAGMA user_version = {version}")
    start_log_over(connection)
