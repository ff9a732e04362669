"""The outbox: what must leave the terminal, in the same file and the same transactions as the facts behind it.

Rows come with `Journal.append` and are ended by it. Only the postponement of a row is lazy: it waits in memory for
the next transaction, because losing it at a power cut only sends again, under the same key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import apsw

from contracts.identifiers import IdempotencyKey
from contracts.money import Money
from terminal.journal.database import Contradiction, Database
from terminal.ports.records import NewOutboxRow, OutboxKind, OutboxRow, OutboxState, OutboxTotals

POSTPONED_LIMIT = 256
"""Postponements that may wait in memory; one more writes them all."""

_COLUMNS = "sequence, key, kind, body, created_at, amount, attempts, next_at, state"
_DUE = f"SELECT {_COLUMNS} FROM outbox_unsent WHERE state = 'due' ORDER BY sequence"
_READINGS = "INSERT INTO readings (sequence, key, created_at, next_at, body) VALUES (?, ?, ?, ?, ?)"
_TABLES = ("payment", "readings")
"""Where the rows lie: a payment's is part of the payment, so that funding it costs no page of its own."""
_SETTLE = tuple(f"UPDATE {table} SET state = ? WHERE key = ? AND state <> 'delivered'" for table in _TABLES)
_POSTPONE = tuple(
    f"UPDATE {table} SET attempts = attempts + ?, next_at = ? WHERE key = ? AND state = 'due'" for table in _TABLES
)


class SqliteOutbox:
    """Implements `ports.records.Outbox` on the journal's own connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.postponed: dict[IdempotencyKey, tuple[int, datetime]] = {}
        """Attempts not yet written and the newest time to try again."""

    def due(self, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """Rows to send now, oldest first, at most `limit`."""
        found: list[OutboxRow] = []
        if limit < 1:
            return found
        for row in self._all_due():
            if row.next_at <= now:
                found.append(row)
                if len(found) == limit:
                    break
        return found

    def row(self, key: IdempotencyKey) -> OutboxRow | None:
        """The row of a key, whatever its state."""
        cursor = self._database.connection.execute(f"SELECT {_COLUMNS} FROM outbox WHERE key = ?", (key,))
        values = cursor.fetchone()
        return None if values is None else self._overlaid(_row(values))

    def next_at(self) -> datetime | None:
        """When the next row is due; None when nothing waits."""
        select = "SELECT key, next_at FROM outbox_unsent WHERE state = 'due'"
        return min((self._time_of(key, at) for key, at in self._database.connection.execute(select)), default=None)

    def postpone(self, key: IdempotencyKey, until: datetime) -> None:
        """Count an attempt without a final answer. Raises `StoreFailed` only when too many wait and are written."""
        attempts, _ = self.postponed.get(key, (0, until))
        self.postponed[key] = (attempts + 1, until)
        if len(self.postponed) > POSTPONED_LIMIT:
            self.flush()

    def flush(self) -> None:
        """Write what was postponed, in a transaction of its own. For idle moments. Raises `StoreFailed`."""
        if self.postponed:
            self._database.commit(self.write_postponed, self._database.connection)
            self.postponed_written()

    def totals(self) -> OutboxTotals:
        """What is still unsent; parked rows are counted by themselves."""
        count, kopecks, oldest, parked = 0, 0, None, 0
        select = "SELECT state, amount, created_at FROM outbox_unsent ORDER BY sequence"
        for state, amount, created_at in self._database.connection.execute(select):
            if state == OutboxState.PARKED:
                parked += 1
                continue
            count, kopecks = count + 1, kopecks + amount
            oldest = created_at if oldest is None else oldest
        oldest_at = None if oldest is None else datetime.fromisoformat(oldest)
        return OutboxTotals(count, Money(kopecks), oldest_at, parked)

    def unsettled_of_day(self, day: str) -> Iterable[IdempotencyKey]:
        """Payments funded on a day that are neither delivered nor parked, oldest first."""
        select = "SELECT key FROM payment WHERE open = 1 AND state = 'due' AND day = ? ORDER BY sequence"
        return [IdempotencyKey(key) for (key,) in self._database.connection.execute(select, (day,))]

    def write_postponed(self, connection: apsw.Connection) -> None:
        """Take part in a transaction; `postponed_written` follows once it is durable."""
        for key, (attempts, until) in self.postponed.items():
            for statement in _POSTPONE:
                connection.execute(statement, (attempts, until.isoformat(), key))

    def postponed_written(self) -> None:
        """The transaction that `write_postponed` took part in is durable."""
        self.postponed.clear()

    def _all_due(self) -> Iterator[OutboxRow]:
        for values in self._database.connection.execute(_DUE):
            yield self._overlaid(_row(values))

    def _overlaid(self, row: OutboxRow) -> OutboxRow:
        """The row with what is postponed in memory only."""
        if row.key not in self.postponed or row.state is not OutboxState.DUE:
            return row
        attempts, until = self.postponed[row.key]
        return replace(row, attempts=row.attempts + attempts, next_at=until)

    def _time_of(self, key: str, written: str) -> datetime:
        postponed = self.postponed.get(IdempotencyKey(key))
        return datetime.fromisoformat(written) if postponed is None else postponed[1]


def insert_readings(connection: apsw.Connection, row: NewOutboxRow, sequence: int) -> None:
    """Add a row of readings to the transaction, due at once."""
    connection.execute(_READINGS, (sequence, row.key, row.created_text, row.created_text, row.sealed_body))


def settle_row(connection: apsw.Connection, key: IdempotencyKey, state: OutboxState) -> None:
    """End a row in the transaction. Raises `Contradiction` for a key that is unknown or was delivered before."""
    for statement in _SETTLE:
        connection.execute(statement, (state, key))
        if connection.changes() == 1:
            return
    raise Contradiction(f"outbox row {key} cannot become {state.value}: it is not there or already delivered")


def _row(values: tuple[object, ...]) -> OutboxRow:
    sequence, key, kind, body, created_at, amount, attempts, next_at, state = values
    assert isinstance(sequence, int)
    assert isinstance(body, bytes)
    assert isinstance(amount, int)
    assert isinstance(attempts, int)
    return OutboxRow(
        sequence=sequence,
        key=IdempotencyKey(str(key)),
        kind=OutboxKind(str(kind)),
        sealed_body=body,
        created_at=datetime.fromisoformat(str(created_at)),
        amount=Money(amount),
        attempts=attempts,
        next_at=datetime.fromisoformat(str(next_at)),
        state=OutboxState(str(state)),
    )
