"""One step written into an open transaction: records, running tables, outbox rows, sealed data.

Whatever the step says that cannot be true stops the transaction: a constraint of the schema (`apsw.ConstraintError`)
or `Contradiction`.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from contracts.money import Money
from terminal.journal.attribution import FoundNotes, owner
from terminal.journal.database import Contradiction
from terminal.journal.outbox import insert_row, settle_row
from terminal.payments.facts import (
    CassetteMoved,
    CheckPassed,
    Fact,
    NoteDisputed,
    NoteDisputeSettled,
    NoteStacked,
    NoteUnassigned,
    PaymentCreated,
    PaymentDone,
    PaymentFunded,
    PaymentVoided,
    ReceiptRegistered,
    TransferAccepted,
    TransferRefused,
)
from terminal.payments.postings import LedgerAccount, postings_of
from terminal.ports.records import OutboxKind, Step

RecordRow = tuple[int, str, str, int | None, str | None, str | None, str, bytes]
"""seq, at, kind, payment, slot, after, body, hash."""

_RECORD = "INSERT INTO record (seq, at, kind, payment, slot, after, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_BALANCE = "UPDATE balance SET debit = debit + ?, credit = credit + ? WHERE account = ?"
_NOTE = (
    "INSERT INTO cassette (value, stacked, count) VALUES (?, 1, 1)"
    " ON CONFLICT (value) DO UPDATE SET stacked = stacked + 1, count = count + 1"
)
_SEALED = "INSERT INTO sealed (digest, ciphertext) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"
_CREATE = "INSERT INTO payment (number, key) VALUES (?, ?)"
_CREDIT = "UPDATE payment SET credit = credit + ? WHERE number = ?"
_DISPUTE = "UPDATE payment SET disputed = disputed + ? WHERE number = ?"
_FUND = (
    "UPDATE payment SET tendering = 0, credit = credit - ?1, funded = ?1, day = ?2 WHERE number = ?3 RETURNING key"
)
_DOCUMENT = "INSERT INTO fiscal_document (storage, number, payment, total) VALUES (?, ?, ?, ?)"
_UNASSIGNED = "INSERT INTO unassigned_note (seq, owner) VALUES (?, ?)"
_TENDERING = "SELECT number FROM payment WHERE open = 1 AND tendering = 1"


def write_step(connection: apsw.Connection, step: Step, rows: Sequence[RecordRow]) -> None:
    """Write a step, whose facts are in `rows` in the same order. Its first record numbers its outbox rows."""
    connection.executemany(_RECORD, rows)
    found = FoundNotes()
    for fact, row in zip(step.facts, rows, strict=True):
        settled = found.feed(fact)
        if isinstance(fact, NoteUnassigned):
            tendering = [number for (number,) in connection.execute(_TENDERING)]
            connection.execute(_UNASSIGNED, (row[0], owner(settled, tendering)))
        _remember(connection, fact, step)
    if found.waiting:
        raise Contradiction(f"a disputed note is found and credited to nobody: {found.waiting[0]}")
    _post(connection, step.facts)
    for offset, new in enumerate(step.outbox):
        insert_row(connection, new, rows[offset][0])
    for sealed in step.sealed:
        connection.execute(_SEALED, (sealed.digest, sealed.ciphertext))
    for key, state in step.settles:
        settle_row(connection, key, state)


def _post(connection: apsw.Connection, facts: Sequence[Fact]) -> None:
    """Move the money of all facts; per account once, whatever the number of facts."""
    moved: dict[LedgerAccount, tuple[int, int]] = {}
    for fact in facts:
        for line in postings_of(fact):
            debit, credit = moved.get(line.account, (0, 0))
            moved[line.account] = (debit + line.debit.kopecks, credit + line.credit.kopecks)
    assert sum(debit - credit for debit, credit in moved.values()) == 0, "debits must equal credits"
    for account, (debit, credit) in moved.items():
        connection.execute(_BALANCE, (debit, credit, account))


def _remember(connection: apsw.Connection, fact: Fact, step: Step) -> None:
    """Bring the running tables along with one fact."""
    match fact:
        case NoteStacked(payment=payment, value=value):
            connection.execute(_CREDIT, (value.kopecks, payment))
            connection.execute(_NOTE, (value.kopecks,))
        case NoteUnassigned(value=value):
            connection.execute(_NOTE, (value.kopecks,))
        case CassetteMoved(present=False):
            connection.execute("UPDATE cassette SET count = 0")
        case PaymentFunded():
            _fund(connection, fact, step)
        case ReceiptRegistered(storage=storage, document=document, payment=payment, total=total):
            connection.execute(_DOCUMENT, (storage, document, payment, total.kopecks))
        case _:
            _advance(connection, fact)


def _advance(connection: apsw.Connection, fact: Fact) -> None:
    """Facts that move a payment on without touching the cassette or the register."""
    match fact:
        case PaymentCreated(payment=payment, key=key):
            connection.execute(_CREATE, (payment, key))
        case CheckPassed(payment=payment):
            connection.execute("UPDATE payment SET tendering = 1 WHERE number = ?", (payment,))
        case NoteDisputed(payment=payment):
            connection.execute(_DISPUTE, (1, payment))
        case NoteDisputeSettled(payment=payment):
            connection.execute(_DISPUTE, (-1, payment))
        case PaymentVoided(payment=payment):
            connection.execute("UPDATE payment SET tendering = 0, open = 0 WHERE number = ?", (payment,))
        case TransferAccepted(payment=payment, total=total):
            connection.execute("UPDATE payment SET accepted = ? WHERE number = ?", (total.kopecks, payment))
        case TransferRefused(payment=payment, total=total):
            connection.execute("UPDATE payment SET refused = ? WHERE number = ?", (total.kopecks, payment))
        case PaymentDone(payment=payment):
            connection.execute("UPDATE payment SET open = 0 WHERE number = ?", (payment,))
        case _:
            pass


def _fund(connection: apsw.Connection, fact: PaymentFunded, step: Step) -> None:
    """The point of no return: what the client has paid must be on its way in the same transaction."""
    day = fact.at[: len("2026-01-31")]
    found = connection.execute(_FUND, (fact.total.kopecks, day, fact.payment)).fetchone()
    key = None if found is None else found[0]
    leaves = any(_is_for(row.key, row.kind, row.amount, key, fact.total) for row in step.outbox)
    if not leaves:
        raise Contradiction(f"payment {fact.payment} is funded without its outbox row")


def _is_for(key: str, kind: OutboxKind, amount: Money, wanted: object, total: Money) -> bool:
    return key == wanted and kind is OutboxKind.PAYMENT and amount == total
