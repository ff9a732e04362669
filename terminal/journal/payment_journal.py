"""The journal on SQLite: append-only facts in a hash chain, one transaction and one sync for each step."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

import apsw

from contracts.checkpoint import Position
from contracts.identifiers import IdempotencyKey, PaymentNumber
from contracts.money import Money
from terminal.journal.audit_chain import Checkpoint, link
from terminal.journal.ballast import Ballast
from terminal.journal.content_check import ContentCheck, remember_finding
from terminal.journal.database import Database
from terminal.journal.day_comparison import day_totals
from terminal.journal.erasing import data_key, data_keys_before, erasable
from terminal.journal.identities import broken_since
from terminal.journal.moments import MomentWriter
from terminal.journal.outbox import SqliteOutbox
from terminal.journal.placement import placement
from terminal.journal.running_balances import Balances, balances_at, newest_balances
from terminal.journal.step_writer import RecordRow, write_step
from terminal.journal.taken_slots import facts_of
from terminal.payments.codec import BY_KIND, from_body, to_body
from terminal.payments.facts import (
    DeviceSeen,
    Fact,
    NoteUnassigned,
    PaymentCreated,
    PaymentDone,
    PaymentFact,
    PaymentVoided,
    is_of_payment,
)
from terminal.payments.postings import LedgerAccount
from terminal.ports.clock import Clock
from terminal.ports.records import BrokenIdentity, DayTotals, Erasable, LookedThrough, RecordView, Step, StoreFailed
from terminal.ports.vault import DataKey

TIMED_RECORDS = 100
"""So many newest records say how late it is: one alone may have been written after the clock was put back."""
_BEGIN_OR_END = frozenset({PaymentCreated, PaymentVoided, PaymentDone})

log = logging.getLogger(__name__)


class SqliteJournal:
    """Implements `ports.records.Journal`. Made by `open_journal`.

    `newest` is the last record of the file, `checked` the one up to which it is taken for right.
    """

    def __init__(
        self,
        database: Database,
        outbox: SqliteOutbox,
        ballast: Ballast,
        clock: Clock,
        checked: Checkpoint,
        newest: Checkpoint,
        check: ContentCheck,
    ) -> None:
        self._database = database
        self._cursor = database.connection.cursor()
        self._outbox = outbox
        self._ballast = ballast
        self._clock = clock
        self._checked = checked
        self._check = check
        self._moments = MomentWriter()
        self._mirroring = check.mirroring
        self._last = newest.seq
        self._head = newest.head
        self._balances = balances_at(database.connection, newest.seq)
        self._open = set(self._open_numbers())

    @property
    def head(self) -> tuple[int, bytes]:
        """Number and link of the newest record, to compare with what another party has seen."""
        return self._last, self._head

    def append(self, step: Step) -> int:
        """Make a step durable; returns the number of its last record. Raises `StoreFailed`, and from then on always.

        A step may settle outbox rows without a fact; it may not add more outbox rows than it has facts.
        """
        if len(step.outbox) > len(step.facts):
            raise ValueError("an outbox row leaves beside the fact that caused it")
        rows = self._rows(step.facts)
        try:
            write = self._write_postponed if self._outbox.postponed else write_step
            balances = self._database.commit(write, self._cursor, step, rows, self._balances)
        except StoreFailed as failure:
            if isinstance(failure.__cause__, apsw.FullError) and self._open:
                self._ballast.release()
            raise
        if self._outbox.postponed:
            self._outbox.postponed_written()
        if rows:
            self._last, self._head, self._balances = rows[-1][0], rows[-1][-1], balances
            if self._mirroring is not None:
                self._mirroring.add(step, rows)
        for fact in step.facts:
            if type(fact) in _BEGIN_OR_END:
                self._count_open(fact)
        return self._last

    def next_payment(self) -> PaymentNumber:
        """One more than the highest S00."""
        row = self._database.connection.execute("SELECT max(number) FROM payment").fetchone()
        return PaymentNumber((row[0] if row and row[0] else 0) + 1)

    def open_payments(self) -> Mapping[PaymentNumber, Sequence[PaymentFact]]:
        """Every payment without S40 or S05, or with a disputed note, by number, with all its facts in order."""
        return {number: self.facts_of(number) for number in self._open_numbers()}

    def facts_of(self, payment: PaymentNumber) -> Sequence[PaymentFact]:
        """All facts of one payment in order; empty for one that never was."""
        return facts_of(self._database.connection, payment)

    def sealed(self, digest: str) -> bytes | None:
        """The encrypted data that a fact refers to, or None when it has been erased."""
        row = self._database.connection.execute("SELECT ciphertext FROM sealed WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else bytes(row[0])

    def data_key(self, owner: IdempotencyKey) -> DataKey | None:
        """The wrapped key of a payment's or of readings' data, or None when it has been erased."""
        return data_key(self._database.connection, owner)

    def data_keys_before(self, epoch: int, limit: int) -> Sequence[DataKey]:
        """Keys wrapped under an earlier epoch, at most `limit`."""
        return data_keys_before(self._database.connection, epoch, limit)

    def erasable(self, done_by: str, limit: int) -> Sequence[Erasable]:
        """Data that nobody needs any more, at most `limit`."""
        return erasable(self._database.connection, done_by, limit)

    def latest(self, kind: str) -> Fact | None:
        """The newest fact of a kind. Quick for facts about no payment, and for there being none of them; for others it
        reads backwards."""
        condition = "kind = ?" if issubclass(BY_KIND[kind], PaymentFact) else "payment IS NULL AND kind = ?"
        select = f"SELECT body FROM record WHERE {condition} ORDER BY seq DESC LIMIT 1"
        row = self._database.connection.execute(select, (kind,)).fetchone()
        return None if row is None else from_body(kind, row[0])

    def last_note(self) -> Fact | None:
        """The newest fact about a note's way: C10, C20, C30, C40 or C50."""
        select = (
            "SELECT kind, body FROM record WHERE kind IN ('C10', 'C20', 'C30', 'C40', 'C50')"
            " ORDER BY seq DESC LIMIT 1"
        )
        row = self._database.connection.execute(select).fetchone()
        return None if row is None else from_body(row[0], row[1])

    def unassigned_notes(self) -> Sequence[NoteUnassigned]:
        """Every C50 since the cassette was last taken out, oldest first."""
        select = (
            "SELECT body FROM record WHERE payment IS NULL AND kind = 'C50' AND seq > coalesce("
            "(SELECT max(seq) FROM record WHERE payment IS NULL AND kind = 'C60' AND NOT body ->> '$.present'), 0)"
            " ORDER BY seq"
        )
        found = [from_body(NoteUnassigned.kind, body) for (body,) in self._database.connection.execute(select)]
        return [fact for fact in found if isinstance(fact, NoteUnassigned)]

    def devices_seen(self) -> Sequence[DeviceSeen]:
        """The newest V20 of every device, oldest first."""
        select = (
            "SELECT max(seq) AS newest, body FROM record WHERE payment IS NULL AND kind = 'V20'"
            " GROUP BY body ->> '$.device' ORDER BY newest"
        )
        found = [from_body(DeviceSeen.kind, body) for _, body in self._database.connection.execute(select)]
        return [fact for fact in found if isinstance(fact, DeviceSeen)]

    def records_after(self, sequence: int, limit: int) -> Sequence[RecordView]:
        """The records after that sequence number, at most `limit`."""
        select = "SELECT seq, at, kind, payment, body FROM record WHERE seq > ? ORDER BY seq LIMIT ?"
        rows = self._database.connection.execute(select, (sequence, max(0, limit)))
        return [RecordView(seq, at, kind, payment, body) for seq, at, kind, payment, body in rows]

    def newest(self) -> int:
        """Sequence number of the newest record; 0 for none."""
        return self._last

    def position(self, sequence: int) -> Position | None:
        """A record and the link of the chain there; None when there is no such record."""
        row = self._database.connection.execute("SELECT hash FROM record WHERE seq = ?", (sequence,)).fetchone()
        return None if row is None else Position(sequence, row[0].hex())

    def balances(self) -> Mapping[LedgerAccount, Money]:
        """What stands on the normal side of every ledger account."""
        found = newest_balances(self._database.connection)
        return {account: Money(kopecks) for account, kopecks in zip(LedgerAccount, found, strict=True)}

    def last_recorded_at(self) -> datetime | None:
        """The latest wall time among the newest records."""
        select = "SELECT at FROM record ORDER BY seq DESC LIMIT ?"
        times = self._database.connection.execute(select, (TIMED_RECORDS,))
        return max((datetime.fromisoformat(at) for (at,) in times), default=None)

    def cassette(self) -> Mapping[Money, int]:
        """Notes by value since the cassette was last taken out; values without a note are left out."""
        rows = self._database.connection.execute("SELECT value, count FROM cassette WHERE count > 0 ORDER BY value")
        return {Money(value): count for value, count in rows}

    def broken_identities(self) -> Sequence[BrokenIdentity]:
        """Check all running totals and the records since the last clean check; empty when all hold. What was found
        by looking through everything stands until the journal is repaired."""
        checked, broken = broken_since(self._database.connection, self._checked)
        if not broken:
            self._checked = checked
        return [*broken, *self._check.standing]

    def look_through(self) -> LookedThrough:
        """Check the next piece of all content, some 10 ms; for idle moments. A finding is remembered in the file, so
        that no later start takes money before a repair. Raises `StoreFailed`."""
        _ = self._database.connection
        looked = self._check.look()
        if looked.broken:
            self._database.commit(remember_finding, self._database.connection, looked.broken[0])
        return looked

    def day_totals(self, day: str) -> DayTotals:
        """Payments of a day that the host has accepted, with the head as `DayTotals` defines it."""
        return day_totals(self._database.connection, day)

    def free_bytes(self) -> int:
        """Space on the journal's partition, the ballast not counted."""
        return self._ballast.spare_bytes()

    def rest(self) -> None:
        """For an idle moment: write what waits in memory, copy the log into the file. Raises `StoreFailed`."""
        self._outbox.flush()
        self._database.checkpoint()
        self.sync_mirror()

    def sync_mirror(self) -> None:
        """Bring the second journal up to the newest step, durably; for a moment soon after it. Quick when it is."""
        if self._mirroring is not None:
            self._mirroring.sync()

    def mend_mirror(self) -> tuple[BrokenIdentity, ...]:
        """Try to write the second journal again after trouble. Returns how it contradicts this one: no money may be
        taken until a person has looked."""
        if self._mirroring is None or not self._mirroring.trouble:
            return ()
        contradiction = self._mirroring.mend(Checkpoint(self._last, self._head))
        return (BrokenIdentity(9, contradiction),) if contradiction else ()

    def mirror_trouble(self) -> str:
        """What keeps the second journal from being written; empty while all is well."""
        return "" if self._mirroring is None else self._mirroring.trouble

    def close(self) -> None:
        """Let go of the files and the lock."""
        if self._mirroring is not None:
            self._mirroring.close()
        self._database.close()

    def _write_postponed(
        self, cursor: apsw.Cursor, step: Step, rows: Sequence[RecordRow], balances: Balances
    ) -> Balances:
        """All of a step but its COMMIT, and the attempts that the outbox has counted in memory."""
        self._outbox.write_postponed(cursor.connection)
        return write_step(cursor, step, rows, balances)

    def _count_open(self, fact: Fact) -> None:
        if isinstance(fact, PaymentCreated):
            self._open.add(fact.payment)
        elif isinstance(fact, (PaymentVoided, PaymentDone)):
            self._open.discard(fact.payment)

    def _rows(self, facts: Sequence[Fact]) -> list[RecordRow]:
        """The rows of facts as they continue the chain."""
        at = self._moments.text(self._clock.now())
        head = self._head
        rows: list[RecordRow] = []
        for seq, fact in enumerate(facts, start=self._last + 1):
            body = to_body(fact)
            payment: PaymentNumber | None = None
            slot: str | None = None
            after: str | None = None
            if is_of_payment(fact):
                payment = fact.payment
                slot, after = placement(fact, seq)
            head = link(head, seq, at, fact.kind, payment, body)
            rows.append((seq, at, fact.kind, payment, slot, after, body, head))
        return rows

    def _open_numbers(self) -> list[PaymentNumber]:
        select = "SELECT number FROM payment WHERE open = 1 OR disputed > 0 ORDER BY number"
        rows = self._database.connection.execute(select)
        return [PaymentNumber(number) for (number,) in rows]
