"""Repair: a journal made again from what its database and its second copy still hold, and never from a guess.

Record for record, whichever of the two continues the chain is taken; they need not be whole, as long as no record is
lost in both. Everything is written anew beside the old files, checked from its first record, and put in their place
only when it is sound. The old files are kept.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import apsw

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import ChainBroken, Checkpoint, Record, follow, genesis
from terminal.journal.database import log_path, take_lock
from terminal.journal.migrations import migrate
from terminal.journal.mirror import Mirror, open_mirror
from terminal.journal.mirror_files import DiskFolder
from terminal.journal.mirror_reading import MirrorContent, differences, read_mirror
from terminal.journal.running_balances import NOTHING
from terminal.journal.step_frames import step_of
from terminal.journal.step_writer import RecordRow, write_step
from terminal.journal.stored_steps import stored_steps
from terminal.journal.verify import verify_connection
from terminal.ports.records import Step, StoreRefused

FOUND_TOGETHER = 3
"""Records of the longest step that is read back from the database as one: C45 with its C20 or C50."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What was done."""

    records: int
    """In the journal as it is now."""
    from_mirror: int
    """Of them, records that only the second copy still had."""
    findings: tuple[str, ...]
    """What was wrong; empty when there was nothing to repair and nothing was changed."""
    kept: Path | None
    """Where the old files are."""


def repair(path: Path, mirror: Path) -> RepairReport:
    """Make journal and second copy whole and level again.

    Raises `StoreRefused`: in use, a record is lost in both, or they are two different journals; nothing is changed.
    """
    lock = take_lock(path)
    try:
        return _repair(path, mirror)
    except (apsw.Error, OSError, ValueError, KeyError) as error:
        raise StoreRefused(f"{path} cannot be repaired: {type(error).__name__}: {error}") from error
    finally:
        os.close(lock)


def _repair(path: Path, mirror: Path) -> RepairReport:
    content = read_mirror(DiskFolder(mirror)) if mirror.is_dir() else MirrorContent()
    kept = _fresh(path, "before-repair")
    kept.mkdir(mode=0o700)
    if mirror.is_dir():
        shutil.copytree(mirror, kept / mirror.name)
    for file in (path, log_path(path)):
        if file.exists():
            shutil.copy2(file, kept / file.name)
    old = _Source(kept / path.name)
    findings = [*old.findings(content), *content.damage]
    if not findings:
        shutil.rmtree(kept)
        return RepairReport(old.newest(), 0, (), None)
    anew = _fresh(path, "repaired")
    anew.mkdir(mode=0o700)
    try:
        records, rescued = _written_anew(old, content, anew)
        _put_in_place(anew, path, mirror)
    finally:
        shutil.rmtree(anew, ignore_errors=True)
        old.close()
    return RepairReport(records, rescued, tuple(findings), kept)


class _Source:
    """The old database, as far as it can be read. Works on the copy that is kept, which it leaves as it is."""

    def __init__(self, file: Path) -> None:
        self._copy = file.with_name("read-" + file.name)
        for name, copy in ((file, self._copy), (log_path(file), log_path(self._copy))):
            if name.exists():
                shutil.copyfile(name, copy)
        self._connection = apsw.Connection(str(self._copy))
        with suppress(apsw.Error, StoreRefused):  # what cannot be brought to the newest schema is read as it is
            migrate(self._connection)

    def terminal(self) -> TerminalId | None:
        try:
            row = self._connection.execute("SELECT value FROM meta WHERE name = 'terminal'").fetchone()
        except apsw.Error:
            return None
        return None if row is None else TerminalId(str(row[0]))

    def newest(self) -> int:
        """Number of the newest record that can be read, 0 for none."""
        try:
            row = self._connection.execute("SELECT max(seq) FROM record").fetchone()
        except apsw.Error:
            return 0
        return int(row[0] or 0) if row is not None else 0

    def findings(self, content: MirrorContent) -> Iterator[str]:
        try:
            report = verify_connection(self._connection)
            yield from (*report.damage, *(f"identity {each.number}: {each.text}" for each in report.broken))
            yield from (text for text in differences(self._connection, content) if text not in content.damage)
        except (apsw.Error, StoreRefused, KeyError, ValueError) as error:
            yield f"the database cannot be read through: {error}"

    def step_after(self, head: Checkpoint) -> tuple[Step, list[RecordRow]] | None:
        """The next step as the database has it, when it continues the chain."""
        try:
            step, rows = next(stored_steps(self._connection, head.seq, FOUND_TOGETHER), (None, []))
            if step is None:
                return None
            for seq, at, kind, payment, _, _, body, link in rows:
                head = follow(head, Record(seq, at, kind, payment, body, link))
        except (apsw.Error, ChainBroken, ValueError, KeyError, TypeError):
            return None
        return step, rows

    def close(self) -> None:
        self._connection.close(force=True)
        for file in (self._copy, log_path(self._copy), self._copy.with_name(self._copy.name + "-shm")):
            file.unlink(missing_ok=True)


def _written_anew(old: _Source, content: MirrorContent, anew: Path) -> tuple[int, int]:
    """Write database and second copy into a folder; the records in them, and those that only the second copy had."""
    names = content.terminals | ({old.terminal()} - {None})
    if len(names) != 1:
        raise StoreRefused(f"journal and second copy name {len(names)} terminals: {sorted(map(str, names))}")
    (terminal,) = names
    assert terminal is not None
    connection = apsw.Connection(str(anew / "journal.db"))
    connection.execute("PRAGMA synchronous = OFF")
    migrate(connection)
    second = open_mirror(DiskFolder(anew / "mirror"), terminal)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO meta (name, value) VALUES ('terminal', ?)", (terminal,))
    head, rescued = _copied(old, content, connection, second, genesis(terminal))
    connection.execute("COMMIT")
    report = verify_connection(connection)
    connection.close()
    second.sync()
    second.close()
    if not report.sound:
        raise StoreRefused(f"what both still hold is not a sound journal: {[*report.damage, *report.broken][:3]}")
    return head.seq, rescued


def _copied(
    old: _Source, content: MirrorContent, connection: apsw.Connection, second: Mirror, head: Checkpoint
) -> tuple[Checkpoint, int]:
    """Follow the chain as far as either holds it. Raises `StoreRefused` when it ends before the newest record."""
    rescued, newest, balances = 0, max(old.newest(), content.newest), NOTHING
    cursor = connection.cursor()
    while head.seq < newest:
        frame = content.frames.get(head.seq + 1)
        stored = old.step_after(head)
        try:
            step, rows = (stored if frame is None else step_of(frame, head)) or (None, [])
        except (ChainBroken, ValueError):
            step, rows = stored or (None, [])
        if step is None:
            raise StoreRefused(f"record {head.seq + 1} is lost in the journal and in its second copy")
        balances = write_step(cursor, step, rows, balances)
        second.write(step, rows)
        head = Checkpoint(rows[-1][0], rows[-1][-1])
        rescued += len(rows) if stored is None else 0
    return head, rescued


def _put_in_place(anew: Path, path: Path, mirror: Path) -> None:
    """The old log goes first: beside another database it would be taken for that one's."""
    with (anew / "journal.db").open("rb") as file:
        os.fsync(file.fileno())
    log_path(path).unlink(missing_ok=True)
    (anew / "journal.db").replace(path)
    shutil.rmtree(mirror, ignore_errors=True)
    shutil.move(anew / "mirror", mirror)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    log.warning("journal_repaired file=%s", path)


def _fresh(path: Path, what: str) -> Path:
    """A name beside the journal that is not taken."""
    number = 1
    while (found := path.with_name(f"{path.name}.{what}-{number}")).exists():
        number += 1
    return found
