"""Operations by key: what was asked under a key, and what was answered.

Same key and same body: the first answer, nothing done. Same key and another body: a conflict. Everything here happens
within a transaction of the caller.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.billing_host.store import Store

PAYMENT, READINGS = "payment", "readings"
FIRST_OPERATION = 7_000_000_000
"""Operation numbers count from here."""
HEAD_BYTES = 32

Answer = dict[str, Any]
"""`{"state": "accepted", "operation": …, …}` or `{"state": "refused", "refusal": {"code": …, "reason": …}}`."""


@dataclass(frozen=True, slots=True)
class Order:
    """Something to happen once."""

    key: str
    kind: str
    terminal: str
    account: str
    digest: str
    day: str
    at: str
    number: int = 0
    kopecks: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """The key stands for something else."""


def digest_of(body: Mapping[str, object]) -> str:
    """SHA-256 of a body in canonical JSON."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def held(store: Store, key: str, digest: str) -> Answer | Conflict | None:
    """What is held under a key for a body."""
    row = store.connection.execute("SELECT digest, answer FROM operation WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row[0] != digest:
        return Conflict()
    answer: Answer = json.loads(row[1])
    return answer


def held_under(store: Store, terminal: str, key: str) -> Answer | None:
    """What a terminal's key was answered with."""
    row = store.connection.execute(
        "SELECT answer FROM operation WHERE key = ? AND terminal = ?", (key, terminal)).fetchone()
    return None if row is None else json.loads(row[0])


def next_number(store: Store) -> str:
    """The number of the next operation."""
    row = store.connection.execute("SELECT coalesce(max(id), 0) FROM operation").fetchone()
    return str(FIRST_OPERATION + int(row[0]) + 1)


def keep(store: Store, order: Order, answer: Answer, *, forget_key: bool = False) -> None:
    """Write an operation and its answer down; with `forget_key`, so that the key is not found again."""
    store.connection.execute(
        "INSERT INTO operation (key, told_key, kind, terminal, digest, account, accepted, number, kopecks, day, at,"
        " answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (None if forget_key else order.key, order.key, order.kind, order.terminal, order.digest, order.account,
         answer["state"] == "accepted", order.number, order.kopecks, order.day, order.at,
         json.dumps(answer, ensure_ascii=False)))


def day_totals(store: Store, terminal: str, day: str) -> dict[str, Any]:
    """The accepted payments of a terminal's day, as `totals` of the contract."""
    rows = store.connection.execute(
        "SELECT number, told_key, kopecks FROM operation WHERE kind = 'payment' AND accepted = 1 AND terminal = ?"
        " AND day = ? ORDER BY number, id", (terminal, day)).fetchall()
    head = bytes(HEAD_BYTES)
    for _, key, kopecks in rows:
        head = hashlib.sha256(head + f"{key}:{kopecks}".encode("ascii")).digest()
    return {
        "day": day, "first": rows[0][0] if rows else 0, "last": rows[-1][0] if rows else 0, "count": len(rows),
        "kopecks": sum(row[2] for row in rows), "head": head.hex(),
    }


def close_day(store: Store, terminal: str, theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Note what both sides hold of a day; the last word of either stands. Returns our totals."""
    ours = day_totals(store, terminal, theirs["day"])
    store.connection.execute(
        "INSERT OR REPLACE INTO closed_day VALUES (?, ?, ?, ?, ?)",
        (terminal, theirs["day"], ours == dict(theirs), json.dumps(ours), json.dumps(dict(theirs))))
    return ours
