"""The records against their chain, their places, their indexes and the rows that they should have left.

Unlike `replay`, which holds every payment, this goes through the records a few at a time and keeps only sums, so that
a running service can do it beside its work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import apsw

from terminal.journal.attribution import FoundNotes, owner
from terminal.journal.audit_chain import Checkpoint, Record, follow
from terminal.journal.erasing import data_key
from terminal.journal.identities import broken_record
from terminal.journal.placement import placement
from terminal.journal.running_balances import COLUMNS, NOTHING, Balances, balances_after
from terminal.journal.taken_slots import entry
from terminal.payments.codec import from_body
from terminal.payments.facts import (
    CassetteMoved,
    CheckPassed,
    Fact,
    NoteStacked,
    NoteUnassigned,
    PaymentCreated,
    PaymentFact,
    PaymentFunded,
    PaymentVoided,
    ReadingsTaken,
    ReceiptRegistered,
)
from terminal.ports.records import BrokenIdentity

_RECORDS = (
    f"SELECT seq, at, kind, payment, slot, after, body, hash, {COLUMNS} FROM record WHERE seq > ? ORDER BY seq LIMIT ?"
)
_BY_SLOT = "SELECT ?1 FROM payment WHERE number = ?2 AND instr(taken, ?3) > 0"
_BY_KIND = "SELECT seq FROM record INDEXED BY record_of_no_payment WHERE payment IS NULL AND kind = ?2 AND seq = ?1"
_COUNTS = ("payment", "fiscal_document", "unassigned_note", "readings")
_COUNTED: dict[type[Fact], str] = {
    PaymentCreated: "payment",
    ReceiptRegistered: "fiscal_document",
    NoteUnassigned: "unassigned_note",
    ReadingsTaken: "readings",
}


@dataclass(slots=True)
class RecordCheck:
    """How far the records have been looked through, and their sums up to there."""

    head: Checkpoint
    balances: Balances = NOTHING
    notes: dict[int, tuple[int, int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
    tendering: set[int] = field(default_factory=set)
    found: FoundNotes = field(default_factory=FoundNotes)

    def look(self, connection: apsw.Connection, limit: int) -> Iterator[BrokenIdentity]:
        """Check the next records. Raises `ChainBroken`, and `ValueError` for a record of no known form."""
        rows = connection.execute(_RECORDS, (self.head.seq, limit))
        for seq, at, kind, payment, slot, after, body, link, *balances in rows:
            record = Record(seq, at, kind, payment, body, link)
            self.head = follow(self.head, record)
            fact = from_body(kind, body)
            place = placement(fact, seq) if isinstance(fact, PaymentFact) else (None, None)
            if place != (slot, after) or not _found(connection, seq, kind, payment, slot):
                yield BrokenIdentity(9, f"record {seq} ({kind}) is not found in its place")
            self.balances = balances_after(self.balances, fact)
            if self.balances != tuple(balances):
                yield BrokenIdentity(1, f"record {seq} ({kind}): its balances are not what the records say")
            yield from broken_record(connection, record)
            yield from self._left(connection, seq, fact)
            self._sum(fact)

    def differences(self, connection: apsw.Connection) -> Iterator[BrokenIdentity]:
        """Once all records have been looked through: sums and counts against the tables."""
        select = "SELECT value, stacked, count FROM cassette"
        if self.notes != {row[0]: row[1:] for row in connection.execute(select)}:
            yield BrokenIdentity(2, "the table of notes is not what the records say")
        for table, count in self.counts.items():
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            if found != (count,):
                yield BrokenIdentity(6, f"table {table}: {found} rows where the records make {count}")

    def _left(self, connection: apsw.Connection, seq: int, fact: Fact) -> Iterator[BrokenIdentity]:
        """The row that a record should have left in a table that no identity covers."""
        settled = self.found.feed(fact)
        match fact:
            case PaymentCreated(payment=number, key=key, sealed_account=digest):
                row = connection.execute("SELECT number FROM payment WHERE key = ?", (key,)).fetchone()
                sealed = connection.execute("SELECT 1 FROM sealed WHERE digest = ?", (digest,)).fetchone()
                if row != (number,) or (sealed is None) != (data_key(connection, key) is None):
                    yield BrokenIdentity(6, f"payment {number}: its row, its sealed data or its key is not there")
            case ReadingsTaken(key=key, sealed_account=digest):
                select = "SELECT sequence, body, next_at FROM readings WHERE key = ?"
                row = connection.execute(select, (key,)).fetchone()
                if not _readings_right(row, seq, digest, erased=data_key(connection, key) is None):
                    yield BrokenIdentity(6, f"readings {key}: their row is not what was taken")
            case NoteUnassigned():
                row = connection.execute("SELECT owner FROM unassigned_note WHERE seq = ?", (seq,)).fetchone()
                if row != (owner(settled, self.tendering),):
                    yield BrokenIdentity(8, f"record {seq}: the owner of a note without a payment is not right")

    def _sum(self, fact: Fact) -> None:
        table = _COUNTED.get(type(fact))
        if table is not None:
            self.counts[table] += 1
        match fact:
            case NoteStacked(value=value) | NoteUnassigned(value=value):
                stacked, count = self.notes.get(value.kopecks, (0, 0))
                self.notes[value.kopecks] = (stacked + 1, count + 1)
            case CassetteMoved(present=False):
                self.notes = {value: (stacked, 0) for value, (stacked, _) in self.notes.items()}
            case CheckPassed(payment=payment):
                self.tendering.add(payment)
            case PaymentFunded(payment=payment) | PaymentVoided(payment=payment):
                self.tendering.discard(payment)


def _found(connection: apsw.Connection, seq: int, kind: str, payment: int | None, slot: str | None) -> bool:
    """Whether a record is found where it is looked for: in its payment's row, or in the index of those without."""
    if payment is None:
        return connection.execute(_BY_KIND, (seq, kind)).fetchall() == [(seq,)]
    return connection.execute(_BY_SLOT, (seq, payment, f",{entry(str(slot), seq)}")).fetchall() == [(seq,)]


def _readings_right(row: tuple[Any, ...] | None, seq: int, digest: str, *, erased: bool) -> bool:
    if row is None or row[0] != seq:
        return False
    datetime.fromisoformat(row[2])  # a time that is none is a `ValueError`
    return row[1] == b"" if erased else sha256(row[1]).hexdigest() == digest
