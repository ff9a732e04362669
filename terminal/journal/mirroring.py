"""How database and second journal are kept level: at every step, at the start, and after the disk has failed one.

What is wrong with the second journal never stops a step: it is remembered in `trouble`, nothing more is written to
it, and the steps that it lacks are taken from the database once it can be written again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import apsw

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import ChainBroken, Checkpoint
from terminal.journal.database import Database
from terminal.journal.mirror import Mirror, open_mirror
from terminal.journal.step_frames import step_of
from terminal.journal.step_writer import RecordRow, write_step
from terminal.journal.stored_steps import stored_steps
from terminal.ports.append_files import AppendFolder
from terminal.ports.records import Step

CATCH_UP_RECORDS = 2_000
"""Taken from the database at once; a second journal that lacks more goes on from the newest record."""

log = logging.getLogger(__name__)


class Mirroring:
    """The second journal beside an open database."""

    def __init__(self, database: Database, folder: AppendFolder, terminal: TerminalId) -> None:
        self._database = database
        self._folder = folder
        self._terminal = terminal
        self._mirror: Mirror | None = None
        self.trouble = ""
        """What keeps the second journal from being written; empty while all is well."""

    def open(self, newest: Checkpoint) -> Checkpoint:
        """Make both say the same; returns the newest record of the database after that.

        A second journal that is ahead holds steps whose commit was cut off or whose log was lost: they are done now.
        Raises `ChainBroken` when the two contradict each other and nothing has been changed, `MirrorDamaged`, and
        `StoreFailed`. A disk that fails is `trouble`.
        """
        try:
            self._mirror = open_mirror(self._folder, self._terminal)
            if self._mirror.newest.seq > newest.seq:
                newest = self._roll_forward(self._mirror, newest)
            self._catch_up(self._mirror, newest)
            self._mirror.sync()
        except OSError as error:
            self._fail("open", error)
        return newest

    def write(self, step: Step, rows: Sequence[RecordRow]) -> None:
        """Add a step that is about to be committed."""
        if self._mirror is None or self.trouble or not rows:
            return
        try:
            self._mirror.write(step, rows)
        except OSError as error:
            self._fail("write", error)

    def sync(self) -> None:
        """Make durable what was written."""
        if self._mirror is None or self.trouble:
            return
        try:
            self._mirror.sync()
        except OSError as error:
            self._fail("sync", error)

    def close(self) -> None:
        """Let go of the files, synced if that can be."""
        self.sync()
        try:
            if self._mirror is not None:
                self._mirror.close()
        except OSError as error:
            self._fail("close", error)

    def _roll_forward(self, mirror: Mirror, newest: Checkpoint) -> Checkpoint:
        for frame in mirror.frames_after(newest.seq):
            step, rows = step_of(frame, newest)
            self._database.commit(lambda connection, s=step, r=rows: write_step(connection, s, r))  # type: ignore[misc]
            newest = frame.last
            log.warning("step_rolled_forward record=%d", newest.seq)
        return newest

    def _catch_up(self, mirror: Mirror, newest: Checkpoint) -> None:
        connection = self._database.connection
        if mirror.newest != _stored(connection, mirror.newest):
            raise ChainBroken(f"record {mirror.newest.seq} differs between the journal and its second copy")
        if newest.seq - mirror.newest.seq > CATCH_UP_RECORDS:
            log.warning("mirror_skips from=%d to=%d", mirror.newest.seq, newest.seq)
            mirror.begin_file(newest)
        for step, rows in stored_steps(connection, mirror.newest.seq, CATCH_UP_RECORDS):
            mirror.write(step, rows)

    def _fail(self, what: str, error: OSError) -> None:
        self.trouble = f"{what}: {error}"
        log.error("mirror_failed operation=%s detail=%s", what, error)


def _stored(connection: apsw.Connection, wanted: Checkpoint) -> Checkpoint | None:
    """What the database holds at that place; the beginning of the chain is the same for both."""
    if wanted.seq == 0:
        return wanted
    row = connection.execute("SELECT hash FROM record WHERE seq = ?", (wanted.seq,)).fetchone()
    return None if row is None else Checkpoint(wanted.seq, row[0])
