"""Opening the journal: lock, library, settings, schema, ballast, second journal, the end of the chain, the identities.

The work does not grow with the journal's length, so that a terminal is ready as fast after years as on its first day.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import apsw

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import ChainBroken, Checkpoint, genesis
from terminal.journal.ballast import BALLAST_BYTES, Ballast
from terminal.journal.content_check import ContentCheck, findings
from terminal.journal.database import Database, open_database
from terminal.journal.mirror_shelf import MirrorDamaged
from terminal.journal.mirroring import Mirroring
from terminal.journal.outbox import SqliteOutbox
from terminal.journal.payment_journal import SqliteJournal
from terminal.ports.append_files import AppendFolder
from terminal.ports.clock import Clock
from terminal.ports.records import BrokenIdentity, StoreFailed, StoreRefused

TAIL_RECORDS = 2_000
"""Records at the end that are checked at every start: about a day of a busy terminal, some 10 ms."""
FULL_DISK_BYTES = 1024 * 1024
"""With less to spare and no payment open, nothing useful can be written."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedJournal:
    """A journal ready for use. With anything `broken`, no money may be taken until a person has looked."""

    journal: SqliteJournal
    outbox: SqliteOutbox
    broken: tuple[BrokenIdentity, ...]


def open_journal(
    path: Path,
    terminal: TerminalId,
    clock: Clock,
    vfs: str | None = None,
    ballast_bytes: int = BALLAST_BYTES,
    mirror: AppendFolder | None = None,
) -> OpenedJournal:
    """Open or create the journal at `path`, with its lock and its ballast beside it and its second copy in `mirror`.

    Raises `StoreRefused`: it must not be used, and why.
    """
    database = open_database(path, vfs)
    try:
        _claim(database, terminal)
        ballast = Ballast(path.with_name(path.name + ".ballast"), ballast_bytes)
        _require_room(database, ballast)
        mirroring = None if mirror is None else Mirroring(database, mirror, terminal)
        newest, broken = _level(mirroring, _newest(database, terminal))
        outbox = SqliteOutbox(database)
        broken += findings(database.connection)
        check = ContentCheck(database.connection, terminal, mirroring, broken)
        tail = _tail(database, terminal, newest)
        journal = SqliteJournal(database, outbox, ballast, clock, tail, newest, check)
        found = tuple(journal.broken_identities())
    except (apsw.Error, OSError, ValueError, KeyError, TypeError, StoreFailed, StoreRefused) as error:
        database.close()
        raise StoreRefused(f"the journal {path} must not be used: {error}") from error
    for each in found:
        log.critical("identity_broken number=%d text=%s", each.number, each.text)
    return OpenedJournal(journal, outbox, found)


def _level(mirroring: Mirroring | None, newest: Checkpoint) -> tuple[Checkpoint, list[BrokenIdentity]]:
    """The newest record once database and second journal say the same, and what is broken when they cannot."""
    if mirroring is None:
        return newest, []
    try:
        return mirroring.open(newest), []
    except (ChainBroken, MirrorDamaged, ValueError) as error:
        mirroring.refuse(str(error))
        return newest, [BrokenIdentity(9, str(error))]


def _claim(database: Database, terminal: TerminalId) -> None:
    """Write the terminal's name into a new journal. Raises `StoreRefused` for the journal of another terminal."""
    row = database.connection.execute("SELECT value FROM meta WHERE name = 'terminal'").fetchone()
    if row is None:
        if database.connection.execute("SELECT 1 FROM record LIMIT 1").fetchone() is not None:
            raise StoreRefused("it holds records and names no terminal")
        insert = "INSERT INTO meta (name, value) VALUES ('terminal', ?)"
        database.commit(database.connection.execute, insert, (terminal,))
    elif row[0] != terminal:
        raise StoreRefused(f"it belongs to terminal {row[0]}, this is {terminal}")


def _require_room(database: Database, ballast: Ballast) -> None:
    """Put the ballast in place unless open payments may need its space."""
    busy = database.connection.execute("SELECT 1 FROM payment WHERE open = 1 LIMIT 1").fetchone() is not None
    if busy:
        return
    ballast.restore()
    if ballast.spare_bytes() < FULL_DISK_BYTES:
        raise StoreRefused("the disk is full; free some space on the journal's partition")


def _newest(database: Database, terminal: TerminalId) -> Checkpoint:
    row = database.connection.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
    return genesis(terminal) if row is None else Checkpoint(row[0], row[1])


def _tail(database: Database, terminal: TerminalId, newest: Checkpoint) -> Checkpoint:
    """The record after which the end of the journal begins."""
    first = newest.seq - TAIL_RECORDS
    if first <= 0:
        return genesis(terminal)
    row = database.connection.execute("SELECT hash FROM record WHERE seq = ?", (first,)).fetchone()
    if row is None:
        raise StoreRefused(f"record {first} is missing")
    return Checkpoint(first, row[0])
