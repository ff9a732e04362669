"""Steps read back from the database, for a second journal that lacks them.

The records are what they were. What else a step brought is taken from the running tables as they are now: data that
has been erased since stays erased, and a wrapped key is the newest of its owner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import apsw

from contracts.identifiers import IdempotencyKey, PaymentNumber
from contracts.money import Money
from terminal.journal.attribution import FoundNotes
from terminal.journal.erasing import data_key, data_keys_of
from terminal.journal.step_writer import RecordRow
from terminal.payments.codec import from_body
from terminal.payments.facts import (
    Fact,
    KeysRenewed,
    PaymentCreated,
    PaymentFunded,
    ReadingsAccepted,
    ReadingsRefused,
    ReadingsTaken,
    TransferAccepted,
    TransferRefused,
)
from terminal.ports.records import NewOutboxRow, OutboxKind, OutboxState, Sealed, Step

_RECORDS = (
    "SELECT seq, at, kind, payment, slot, after, body, hash FROM record WHERE seq > ? ORDER BY seq LIMIT ?"
)

StoredStep = tuple[Step, list[RecordRow]]


def stored_steps(connection: apsw.Connection, after: int, limit: int) -> Iterator[StoredStep]:
    """The steps after a record, from at most `limit` records. One record is a step, but for a found note: its C45
    goes with the C20 or C50 that follows. Raises `ValueError` for a record of no known form."""
    found = FoundNotes()
    rows: list[RecordRow] = []
    facts: list[Fact] = []
    for row in _records(connection, after, limit):
        fact = from_body(row[2], row[6])
        found.feed(fact)
        rows.append(row)
        facts.append(fact)
        if not found.waiting:
            yield _step(connection, facts), rows
            rows, facts = [], []


def _records(connection: apsw.Connection, after: int, limit: int) -> list[RecordRow]:
    rows: list[Any] = connection.execute(_RECORDS, (after, limit)).fetchall()
    return rows


def _step(connection: apsw.Connection, facts: Sequence[Fact]) -> Step:
    step = Step(tuple(facts))
    for fact in facts:
        match fact:
            case PaymentCreated(sealed_account=digest, key=key):
                step = _with_data(connection, step, digest, key)
            case PaymentFunded(payment=payment):
                step = _with_row(connection, step, payment)
            case ReadingsTaken():
                step = _with_readings(connection, step, fact)
            case TransferAccepted(payment=payment):
                step = _ending(step, _key(connection, payment), OutboxState.DELIVERED)
            case TransferRefused(payment=payment):
                step = _ending(step, _key(connection, payment), OutboxState.PARKED)
            case ReadingsAccepted(key=key):
                step = _ending(step, key, OutboxState.DELIVERED)
            case ReadingsRefused(key=key):
                step = _ending(step, key, OutboxState.PARKED)
            case KeysRenewed(epoch=epoch):
                step = replace(step, keys=step.keys + tuple(data_keys_of(connection, epoch)))
            case _:
                pass
    return step


def _with_data(connection: apsw.Connection, step: Step, digest: str, owner: str) -> Step:
    row = connection.execute("SELECT ciphertext FROM sealed WHERE digest = ?", (digest,)).fetchone()
    key = data_key(connection, owner)
    sealed = () if row is None else (Sealed(digest, bytes(row[0])),)
    keys = () if key is None else (key,)
    return replace(step, sealed=step.sealed + sealed, keys=step.keys + keys)


def _with_row(connection: apsw.Connection, step: Step, payment: PaymentNumber) -> Step:
    select = "SELECT key, body, created_at, funded FROM payment WHERE number = ?"
    key, body, created_at, funded = _row(connection, select, payment)
    at = datetime.fromisoformat(str(created_at))
    row = NewOutboxRow(IdempotencyKey(str(key)), OutboxKind.PAYMENT, body, at, Money(funded))
    return replace(step, outbox=(*step.outbox, row))


def _with_readings(connection: apsw.Connection, step: Step, fact: ReadingsTaken) -> Step:
    body, created_at = _row(connection, "SELECT body, created_at FROM readings WHERE key = ?", fact.key)
    row = NewOutboxRow(fact.key, OutboxKind.READINGS, body, datetime.fromisoformat(str(created_at)))
    key = data_key(connection, fact.key)
    keys = () if key is None else (key,)
    return replace(step, outbox=(*step.outbox, row), keys=step.keys + keys)


def _ending(step: Step, key: IdempotencyKey, state: OutboxState) -> Step:
    return replace(step, settles=(*step.settles, (key, state)))


def _key(connection: apsw.Connection, payment: PaymentNumber) -> IdempotencyKey:
    (key,) = _row(connection, "SELECT key FROM payment WHERE number = ?", payment)
    return IdempotencyKey(str(key))


def _row(connection: apsw.Connection, select: str, key: object) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(select, (key,)).fetchone()
    if row is None:
        raise ValueError(f"the tables know nothing of {key}")
    return row
