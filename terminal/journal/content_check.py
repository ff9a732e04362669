"""Everything that the journal holds, looked through piece by piece beside a running service.

SQLite's own check looks at the form of a file, not at its content, and a start looks only at the end of the chain.
This goes through all of it: schema, records with their chain and indexes, the rows that follow from them, sealed data
and the second journal. A pass is many pieces of some 10 ms; what was written meanwhile is looked through as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import apsw

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import ChainBroken, genesis
from terminal.journal.content_mirror import broken_mirror
from terminal.journal.content_records import RecordCheck
from terminal.journal.content_tables import broken_payments, broken_schema, broken_sealed
from terminal.journal.mirroring import Mirroring
from terminal.ports.records import BrokenIdentity, LookedThrough

RECORDS_AT_ONCE = 200
PAYMENTS_AT_ONCE = 50

Piece = list[BrokenIdentity]


FINDING = "finding"
"""Name in `meta` of what a pass has found; only a journal made anew is without it."""


def remember_finding(connection: apsw.Connection, broken: BrokenIdentity) -> None:
    """Write a finding into the transaction."""
    insert = "INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)"
    connection.execute(insert, (FINDING, f"{broken.number} {broken.text}"))


def findings(connection: apsw.Connection) -> list[BrokenIdentity]:
    """What an earlier process has found."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (FINDING,)).fetchone()
    if row is None:
        return []
    number, _, text = str(row[0]).partition(" ")
    return [BrokenIdentity(int(number) if number.isdigit() else 9, text)]


@dataclass(slots=True)
class ContentCheck:
    """Passes over one open journal."""

    connection: apsw.Connection
    terminal: TerminalId
    mirroring: Mirroring | None = None
    standing: list[BrokenIdentity] = field(default_factory=list)
    """What was found, by this or at the opening."""
    _pieces: Iterator[Piece] | None = None

    def look(self) -> LookedThrough:
        """Look through the next piece. A pass that finds something broken ends there; the next one begins anew."""
        if self._pieces is None:
            self._pieces = self._pass()
        try:
            broken = next(self._pieces, None)
        except (ChainBroken, ValueError, KeyError, apsw.Error) as error:
            broken = [BrokenIdentity(9, f"{type(error).__name__}: {error}")]
        if broken is None or broken:
            self._pieces = None
            self.standing += broken or ()
        return LookedThrough(self._pieces is None, tuple(broken or ()))

    def whole_pass(self) -> Piece:
        """Everything that a fresh pass finds."""
        self._pieces = None
        found: Piece = []
        while True:
            looked = self.look()
            found += looked.broken
            if looked.pass_over:
                return found

    def _pass(self) -> Iterator[Piece]:
        yield list(broken_schema(self.connection))
        records = RecordCheck(genesis(self.terminal))
        while records.head.seq < self._newest():
            yield list(records.look(self.connection, RECORDS_AT_ONCE))
        yield list(records.differences(self.connection))
        for check in (broken_payments, broken_sealed):
            last, more = 0, True
            while more:
                reached, broken = check(self.connection, last, PAYMENTS_AT_ONCE)
                last, more = reached, reached > last
                yield broken
        if self.mirroring is not None and not self.mirroring.trouble:
            yield from broken_mirror(self.connection, self.mirroring)

    def _newest(self) -> int:
        row = self.connection.execute("SELECT max(seq) FROM record").fetchone()
        return 0 if row is None or row[0] is None else int(row[0])
