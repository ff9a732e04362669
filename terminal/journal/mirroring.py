"""How database and second journal are kept level: after every step, at the start, and after the disk has failed one.

The second journal gets nothing that the database has not made durable. What is wrong with it never stops a step: it is
remembered in `trouble`, nothing more is written to it, and the steps that it lacks are taken from the database once it
can be written again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from errno import EIO

import apsw

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import ChainBroken, Checkpoint, Record, follow, genesis
from terminal.journal.database import Database
from terminal.journal.mirror import Mirror, open_mirror
from terminal.journal.mirror_shelf import MirrorDamaged, name_of
from terminal.journal.running_balances import balances_at
from terminal.journal.step_frames import step_of
from terminal.journal.step_writer import RecordRow, write_step
from terminal.journal.stored_steps import stored_steps
from terminal.ports.append_files import AppendFolder
from terminal.ports.records import Step

CATCH_UP_RECORDS = 2_000
"""Brought from one to the other at a start. The database's log never holds as many, so that a database that lacks
more has lost more than its log; a second journal that lacks more goes on from the newest record."""
WAITING_STEPS = 64
"""Steps that may wait in memory to be written; one more, and all are written and synced at once."""

log = logging.getLogger(__name__)


class Mirroring:
    """The second journal beside an open database."""

    def __init__(self, database: Database, folder: AppendFolder, terminal: TerminalId) -> None:
        self._database = database
        self._folder = folder
        self._terminal = terminal
        self._mirror: Mirror | None = None
        self._waiting: list[tuple[Step, Sequence[RecordRow]]] = []
        self.trouble = ""
        """What keeps the second journal from being written; empty while all is well."""
        self._refused = False

    @property
    def mirror(self) -> Mirror | None:
        """The second journal, when it could be opened."""
        return self._mirror

    def open(self, newest: Checkpoint) -> Checkpoint:
        """Make both say the same; returns the newest record of the database after that.

        A second journal that is ahead holds steps that the database has lost with its log: they are done again.
        Raises `ChainBroken` when the two contradict each other and nothing has been changed, `MirrorDamaged`, and
        `StoreFailed`. A disk that fails is `trouble`.
        """
        try:
            self._mirror = mirror = open_mirror(self._folder, self._terminal, newest.seq)
            newest = self._roll_forward(mirror, newest)
            self._catch_up(mirror, newest)
        except OSError as error:
            # Half level is not level: the next try looks at the files again, as a start does.
            self._mirror = None
            self._fail("open", error)
        return newest

    def add(self, step: Step, rows: Sequence[RecordRow]) -> None:
        """Take a step that has just been committed; written and durable with the next `sync`."""
        if self._mirror is None or self.trouble:
            return
        self._waiting.append((step, rows))
        if len(self._waiting) > WAITING_STEPS:
            self.sync()

    def sync(self) -> None:
        """Write what waits, and make it durable."""
        waiting, self._waiting = self._waiting, []
        if self._mirror is None or self.trouble:
            return
        try:
            for step, rows in waiting:
                self._mirror.write(step, rows)
            self._mirror.sync()
        except OSError as error:
            self._fail("write", error)

    def mend(self, newest: Checkpoint) -> str:
        """After trouble with the disk: try again, in a file of its own, from what is certain to be durable.

        Returns how it contradicts the database, which ends all trying; empty when it does not. A second journal that
        is ahead contradicts it as well: the database has gone on without those steps.
        """
        if self._refused:
            return ""
        mirror, self._mirror = self._mirror, None
        try:
            if mirror is None:
                mirror = open_mirror(self._folder, self._terminal, newest.seq)
            else:
                mirror.begin_file(mirror.durable)
            self._catch_up(mirror, newest)
            self.trouble = ""
        except OSError as error:
            self._fail("mend", error)
        except (ChainBroken, MirrorDamaged, ValueError) as error:
            self.refuse(str(error))
            return str(error)
        finally:
            self._mirror = mirror
        return ""

    def refuse(self, why: str) -> None:
        """Nothing is written any more, and nothing mended: both journals are kept as they are for a repair."""
        self.trouble, self._refused = why, True

    def rewrite(self, number: int) -> None:
        """Put a file written from the database in the place of a damaged one. Raises `OSError`, `ChainBroken`, and
        `MirrorDamaged` when the database cannot say what belongs into it."""
        assert self._mirror is not None
        self.sync()
        if self.trouble:
            raise OSError(EIO, self.trouble)
        mirror, newest = self._mirror, self._mirror.newest
        after, until = mirror.shelf.range_of(number, newest.seq)
        begin = genesis(self._terminal) if after == 0 else _stored(self._database.connection, after)
        if begin is None:
            raise MirrorDamaged(f"the journal has no record {after}, where {name_of(number)} begins")
        mirror.begin_file(begin)
        self._copy(mirror, begin, until)
        mirror.begin_file(newest)
        mirror.sync()
        mirror.shelf.remove(number)

    def close(self) -> None:
        """Let go of the files, synced if that can be."""
        self.sync()
        try:
            if self._mirror is not None:
                self._mirror.close()
        except OSError as error:
            self._fail("close", error)

    def _roll_forward(self, mirror: Mirror, newest: Checkpoint) -> Checkpoint:
        if mirror.newest.seq <= newest.seq:
            return newest
        balances = balances_at(self._database.connection, newest.seq)
        cursor = self._database.connection.cursor()
        for frame in mirror.frames_after(newest.seq, CATCH_UP_RECORDS):
            step, rows = step_of(frame, newest)
            balances = self._database.commit(write_step, cursor, step, rows, balances)
            newest = frame.last
            log.warning("step_rolled_forward record=%d", newest.seq)
        return newest

    def _catch_up(self, mirror: Mirror, newest: Checkpoint) -> None:
        """Give the second journal what it lacks, and make it durable."""
        if not self._holds(mirror.newest):
            raise ChainBroken(f"record {mirror.newest.seq} differs between the journal and its second copy")
        if newest.seq - mirror.newest.seq > CATCH_UP_RECORDS:
            log.warning("mirror_skips from=%d to=%d", mirror.newest.seq, newest.seq)
            mirror.begin_file(newest)
        self._copy(mirror, mirror.newest, newest.seq)
        mirror.sync()

    def _copy(self, mirror: Mirror, head: Checkpoint, until: int) -> None:
        """Write the steps after `head` up to a record into the second journal, as they continue the chain."""
        while (before := mirror.newest.seq) < until:
            limit = min(CATCH_UP_RECORDS, until - before)
            for step, rows in stored_steps(self._database.connection, before, limit):
                for seq, at, kind, payment, _, _, body, link in rows:
                    head = follow(head, Record(seq, at, kind, payment, body, link))
                mirror.write(step, rows)
            if mirror.newest.seq <= before:
                raise MirrorDamaged(f"the steps after record {before} cannot be read from the journal")

    def _holds(self, wanted: Checkpoint) -> bool:
        """Whether the database says the same of that record; the beginning of the chain is the same for both."""
        return wanted.seq == 0 or _stored(self._database.connection, wanted.seq) == wanted

    def _fail(self, what: str, error: OSError) -> None:
        self.trouble = f"{what}: {error}"
        log.error("mirror_failed operation=%s detail=%s", what, error)


def _stored(connection: apsw.Connection, seq: int) -> Checkpoint | None:
    """What the database holds at that place."""
    row = connection.execute("SELECT hash FROM record WHERE seq = ?", (seq,)).fetchone()
    return None if row is None else Checkpoint(seq, row[0])
