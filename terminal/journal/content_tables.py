"""The running tables against the records: each payment's row, its places in the indexes, and sealed data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import apsw

from terminal.journal.migrations import migrate
from terminal.journal.replay import Replay, ReplayedPayment
from terminal.journal.taken_slots import records_of
from terminal.payments.codec import from_body
from terminal.ports.records import BrokenIdentity, OutboxState

FARTHEST = timedelta(days=366 * 150)
"""Between a row and its next attempt; less is what a clock can do that stood in another century. The sender does not
wait for such a time (`terminal/service/outbox_worker.py`)."""

_PAYMENTS = (
    "SELECT number, key, open, tendering, disputed, credit, funded, day, accepted, refused, taken, sequence, state,"
    " created_at, next_at FROM payment WHERE number > ? ORDER BY number LIMIT ?"
)
_INDEXES = (
    ("sqlite_autoindex_payment_1", "key = :key"),
    ("payment_open", "(open = 1 OR disputed > 0)"),
    ("payment_parked", "state = 'parked'"),
    ("payment_of_day", "accepted IS NOT NULL AND day = :day"),
)
_SEALED = "SELECT rowid, digest, ciphertext FROM sealed WHERE rowid > ? ORDER BY rowid LIMIT ?"
_SMALL = ("meta", "cassette", "fiscal_document", "unassigned_note", "readings", "data_key", "sealed")
_NAMES = ("terminal", "finding")
"""All that `meta` may hold."""
_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name <> 'growth' ORDER BY type, name"


def broken_schema(connection: apsw.Connection) -> Iterator[BrokenIdentity]:
    """The rules themselves: a constraint that has changed would let wrong rows in."""
    fresh = apsw.Connection(":memory:")
    migrate(fresh)
    if connection.execute(_SCHEMA).fetchall() != fresh.execute(_SCHEMA).fetchall():
        yield BrokenIdentity(9, "the journal's schema is not that of this version")
    fresh.close()
    for (name,) in connection.execute("SELECT name FROM meta").fetchall():
        if name not in _NAMES:
            yield BrokenIdentity(9, f"the journal is said to have {name!r}, which no version writes")
    for table in _SMALL:
        for (text,) in connection.execute(f"PRAGMA integrity_check({table})"):
            if text != "ok":
                yield BrokenIdentity(9, f"table {table}: {text}")


def broken_payments(connection: apsw.Connection, after: int, limit: int) -> tuple[int, list[BrokenIdentity]]:
    """Check the next payments; returns the last one looked at, `after` when there is none."""
    broken: list[BrokenIdentity] = []
    payments: list[Any] = connection.execute(_PAYMENTS, (after, limit)).fetchall()
    for number, *values in payments:
        after = number
        expected = _replayed(connection, number)
        if expected is None or (*expected.row(), expected.sequence) != tuple(values[:11]):
            broken.append(BrokenIdentity(3, f"payment {number}: the table is not what its records say"))
        elif not _outbox_right(expected, *values[11:]):
            broken.append(BrokenIdentity(6, f"payment {number}: its place in the outbox is not right"))
        if not _indexed(connection, {"number": number, "key": values[0], "day": values[6]}):
            broken.append(BrokenIdentity(6, f"payment {number} is not found where it is looked for"))
    return after, broken


def broken_sealed(connection: apsw.Connection, after: int, limit: int) -> tuple[int, list[BrokenIdentity]]:
    """Check the next sealed data against their digests; returns the last row looked at."""
    broken: list[BrokenIdentity] = []
    found: list[Any] = connection.execute(_SEALED, (after, limit)).fetchall()
    for row, digest, ciphertext in found:
        after = row
        if sha256(ciphertext).hexdigest() != digest:
            broken.append(BrokenIdentity(6, f"sealed data {digest[:12]} is not what was sealed"))
    return after, broken


def _replayed(connection: apsw.Connection, number: int) -> ReplayedPayment | None:
    """The payment as its own records make it."""
    replay = Replay()
    for seq, kind, body in records_of(connection, number):
        replay.feed(seq, from_body(kind, body))
    return replay.payments.get(number)


def _outbox_right(expected: ReplayedPayment, state: Any, created_at: Any, next_at: Any) -> bool:
    if expected.funded is None:
        return bool(state is None and created_at is None and next_at is None)
    if expected.accepted is not None:
        wanted = {OutboxState.DELIVERED}
    else:
        wanted = {OutboxState.DUE} if expected.refused is None else {OutboxState.PARKED, OutboxState.DELIVERED}
    if state not in wanted:
        return False
    pause = datetime.fromisoformat(next_at) - datetime.fromisoformat(created_at)
    return state != OutboxState.DUE or pause < FARTHEST


def _indexed(connection: apsw.Connection, payment: dict[str, Any]) -> bool:
    """Whether each index leads to the payment exactly if the payment's row belongs into it."""
    for index, condition in _INDEXES:
        select = f"SELECT count(*) FROM payment %s WHERE number = :number AND {condition}"
        belongs = connection.execute(select % "NOT INDEXED", payment).fetchall()
        if connection.execute(select % f"INDEXED BY {index}", payment).fetchall() != belongs:
            return False
    return True
