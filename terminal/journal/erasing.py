"""Personal data in the journal's file: its wrapped keys, what may be erased, and the erasing.

The records never change: they hold the digest of the sealed data, which says as little after the erasing as before.
"""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from contracts.identifiers import IdempotencyKey
from terminal.journal.database import Contradiction
from terminal.journal.placement import CREATED, DONE
from terminal.journal.taken_slots import record_in
from terminal.payments.terminal_facts import DataErased
from terminal.ports.records import Erasable
from terminal.ports.vault import DataKey

_KEEP = (
    "INSERT INTO data_key (owner, epoch, wrapped) VALUES (?, ?, ?)"
    " ON CONFLICT (owner) DO UPDATE SET epoch = excluded.epoch, wrapped = excluded.wrapped"
)
_NEEDED = (
    "SELECT 1 FROM payment WHERE key = ?1 AND (open = 1 OR disputed > 0 OR state <> 'delivered')"
    " UNION ALL SELECT 1 FROM readings WHERE key = ?1 AND state <> 'delivered'"
)
_ERASE = (
    "DELETE FROM data_key WHERE owner = ?1",
    "DELETE FROM sealed WHERE digest = ?2",
    "UPDATE readings SET body = x'' WHERE key = ?1",
)
_UNEQUAL_DAYS = (
    "SELECT day FROM (SELECT body ->> '$.day' AS day, max(seq), body ->> '$.equal' AS equal FROM record"
    " WHERE payment IS NULL AND kind = 'Z30' GROUP BY day) WHERE NOT equal"
)
_ENDED_ON = f"SELECT substr(ended.at, 1, 10) FROM record AS ended WHERE ended.seq = {record_in(DONE)}"
"""A payment that was funded by a clock which stood years back ended by one that the register agreed with."""
_ERASABLE = (
    "SELECT data_key.owner, record.body ->> '$.sealed_account' FROM data_key"
    " JOIN payment ON payment.key = data_key.owner"
    f" JOIN record ON record.seq = {record_in(CREATED)}"
    " WHERE payment.open = 0 AND payment.disputed = 0 AND (payment.state IS NULL OR payment.state = 'delivered'"
    f" AND payment.day <= ?1 AND ({_ENDED_ON}) <= ?1 AND payment.day NOT IN ({_UNEQUAL_DAYS}))"
    " UNION ALL"
    " SELECT data_key.owner, record.body ->> '$.sealed_account' FROM data_key"
    " JOIN readings ON readings.key = data_key.owner JOIN record ON record.seq = readings.sequence"
    " WHERE readings.state = 'delivered' AND substr(readings.created_at, 1, 10) <= ?1"
    " LIMIT ?2"
)


def keep_keys(connection: apsw.Connection, keys: Iterable[DataKey]) -> None:
    """Add keys to the transaction; a key of an owner that has one replaces it."""
    for each in keys:
        connection.execute(_KEEP, (each.owner, each.epoch, each.wrapped))


def erase(connection: apsw.Connection, fact: DataErased) -> None:
    """Erase within the transaction. Raises `Contradiction` for data that is still needed."""
    if connection.execute(_NEEDED, (fact.key,)).fetchone() is not None:
        raise Contradiction(f"the data of {fact.key} is still needed")
    for statement in _ERASE:
        connection.execute(statement, (fact.key, fact.sealed) if "?2" in statement else (fact.key,))


def erasable(connection: apsw.Connection, done_by: str, limit: int) -> list[Erasable]:
    """What `Journal.erasable` promises. The work grows with the data that is kept, never with the journal."""
    return [Erasable(IdempotencyKey(key), sealed) for key, sealed in connection.execute(_ERASABLE, (done_by, limit))]


def data_key(connection: apsw.Connection, owner: str) -> DataKey | None:
    """The wrapped key of an owner's data."""
    row = connection.execute("SELECT owner, epoch, wrapped FROM data_key WHERE owner = ?", (owner,)).fetchone()
    return None if row is None else DataKey(*row)


def data_keys_before(connection: apsw.Connection, epoch: int, limit: int) -> list[DataKey]:
    """Keys wrapped under an earlier epoch, at most `limit`."""
    select = "SELECT owner, epoch, wrapped FROM data_key WHERE epoch BETWEEN 1 AND ? - 1 ORDER BY owner LIMIT ?"
    return [DataKey(*row) for row in connection.execute(select, (epoch, limit))]


def data_keys_of(connection: apsw.Connection, epoch: int) -> list[DataKey]:
    """All keys wrapped under that epoch."""
    select = "SELECT owner, epoch, wrapped FROM data_key WHERE epoch = ? ORDER BY owner"
    return [DataKey(*row) for row in connection.execute(select, (epoch,))]
