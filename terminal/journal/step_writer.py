"""One step written into an open transaction: records, running tables, outbox rows, sealed data.

Whatever the step says that cannot be true stops the transaction: a constraint of the schema (`apsw.ConstraintError`)
or `Contradiction`.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from terminal.journal.attribution import FoundNotes, owner
from terminal.journal.database import Contradiction
from terminal.journal.erasing import erase, keep_keys
from terminal.journal.outbox import insert_readings, settle_row
from terminal.journal.running_balances import COLUMNS, Balances, balances_after
from terminal.payments.facts import (
    CassetteMoved,
    CheckPassed,
    DataErased,
    Fact,
    NoteDisputed,
    NoteDisputeSettled,
    NoteReturned,
    NoteStacked,
    NoteStackRequested,
    NoteUnassigned,
    PaymentCreated,
    PaymentDone,
    PaymentFunded,
    PaymentVoided,
    ReadingsTaken,
    ReceiptAbsent,
    ReceiptPrinted,
    ReceiptRegistered,
    ReceiptRequested,
    TransferAccepted,
    TransferRefused,
)
from terminal.ports.records import NewOutboxRow, OutboxKind, Step

RecordRow = tuple[int, str, str, int | None, str | None, str | None, str, bytes]
"""seq, at, kind, payment, slot, after, body, hash."""

_RECORD = (
    f"INSERT INTO record (seq, at, kind, payment, slot, after, body, hash, {COLUMNS})"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_NOTE = (
    "INSERT INTO cassette (value, stacked, count) VALUES (?, 1, 1)"
    " ON CONFLICT (value) DO UPDATE SET stacked = stacked + 1, count = count + 1"
)
_SEALED = "INSERT INTO sealed (digest, ciphertext) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"
_CREATE = "INSERT INTO payment (number, key) VALUES (?, ?)"
_CREDIT = "UPDATE payment SET credit = credit + ? WHERE number = ?"
_DISPUTE = "UPDATE payment SET disputed = disputed + ? WHERE number = ?"
_FUND = (
    "UPDATE payment SET tendering = 0, credit = credit - ?1, funded = ?1, day = ?2, sequence = ?3, state = 'due',"
    " created_at = ?4, next_at = ?4, body = ?5 WHERE number = ?6 AND key = ?7"
)
_DOCUMENT = "INSERT INTO fiscal_document (storage, number, payment, total) VALUES (?, ?, ?, ?)"
_UNASSIGNED = "INSERT INTO unassigned_note (seq, owner) VALUES (?, ?)"
_RECORD_ALONE = frozenset({NoteStackRequested, NoteReturned, ReceiptRequested, ReceiptAbsent, ReceiptPrinted})
"""Facts that move no money and change no table: on the way of a note no question is asked about them."""
_PAYMENT = OutboxKind.PAYMENT  # Python 3.11 looks a member of an enum up in a roundabout way each time
_DAY = slice(len("2026-01-31"))
_TENDERING = "SELECT number FROM payment WHERE open = 1 AND tendering = 1"


def write_step(cursor: apsw.Cursor, step: Step, rows: Sequence[RecordRow], balances: Balances) -> Balances:
    """Write a step, whose facts are in `rows` in the same order; returns the balances, given as before it, after it.

    Outbox rows are ended before the facts take effect: one of them may close the payment, which must not be due then.
    The cursor is the caller's, who keeps it: making one costs as much as many a statement.
    """
    for key, state in step.settles:
        settle_row(cursor.connection, key, state)
    found = FoundNotes()
    leaving = list(step.outbox)
    facts = step.facts
    for place, row in enumerate(rows):
        fact = facts[place]
        if isinstance(fact, PaymentCreated):  # before its record, which takes a slot of it
            cursor.execute(_CREATE, (fact.payment, fact.key))
        balances = balances_after(balances, fact)
        cursor.execute(_RECORD, row + balances)
        if isinstance(fact, PaymentFunded):
            leaving.remove(_funded(cursor, fact, row[0], leaving))
        elif type(fact) not in _RECORD_ALONE:
            _take_effect(cursor, fact, row[0], found, leaving)
    if found.waiting:
        raise Contradiction(f"a disputed note is found and credited to nobody: {found.waiting[0]}")
    if leaving:
        raise Contradiction(f"outbox row {leaving[0].key} leaves without the fact behind it")
    for sealed in step.sealed:
        cursor.execute(_SEALED, (sealed.digest, sealed.ciphertext))
    if step.keys:
        keep_keys(cursor.connection, step.keys)
    return balances


def _take_effect(
    cursor: apsw.Cursor, fact: Fact, seq: int, found: FoundNotes, leaving: list[NewOutboxRow]
) -> None:
    """What a fact other than S20 changes beside its record. The outbox row that it sends off is no longer among
    `leaving`."""
    settled = found.feed(fact)
    if isinstance(fact, NoteUnassigned):
        tendering = [number for (number,) in cursor.execute(_TENDERING)]
        cursor.execute(_UNASSIGNED, (seq, owner(settled, tendering)))
    if isinstance(fact, ReadingsTaken):
        leaving.remove(_taken(cursor.connection, fact, seq, leaving))
    else:
        _remember(cursor, fact)


def _remember(cursor: apsw.Cursor, fact: Fact) -> None:
    """Bring the running tables along with one fact."""
    match fact:
        case NoteStacked(payment=payment, value=value):
            cursor.execute(_CREDIT, (value.kopecks, payment))
            cursor.execute(_NOTE, (value.kopecks,))
        case NoteUnassigned(value=value):
            cursor.execute(_NOTE, (value.kopecks,))
        case CassetteMoved(present=False):
            cursor.execute("UPDATE cassette SET count = 0")
        case ReceiptRegistered(storage=storage, document=document, payment=payment, total=total):
            cursor.execute(_DOCUMENT, (storage, document, payment, total.kopecks))
        case DataErased():
            erase(cursor.connection, fact)
        case _:
            _advance(cursor, fact)


def _advance(cursor: apsw.Cursor, fact: Fact) -> None:
    """Facts that move a payment on without touching the cassette or the register."""
    match fact:
        case CheckPassed(payment=payment):
            cursor.execute("UPDATE payment SET tendering = 1 WHERE number = ?", (payment,))
        case NoteDisputed(payment=payment):
            cursor.execute(_DISPUTE, (1, payment))
        case NoteDisputeSettled(payment=payment):
            cursor.execute(_DISPUTE, (-1, payment))
        case PaymentVoided(payment=payment):
            cursor.execute("UPDATE payment SET tendering = 0, open = 0 WHERE number = ?", (payment,))
        case TransferAccepted(payment=payment, total=total):
            cursor.execute("UPDATE payment SET accepted = ? WHERE number = ?", (total.kopecks, payment))
        case TransferRefused(payment=payment, total=total):
            cursor.execute("UPDATE payment SET refused = ? WHERE number = ?", (total.kopecks, payment))
        case PaymentDone(payment=payment):
            cursor.execute("UPDATE payment SET open = 0 WHERE number = ?", (payment,))
        case _:
            pass


def _funded(
    cursor: apsw.Cursor, fact: PaymentFunded, seq: int, leaving: Sequence[NewOutboxRow]
) -> NewOutboxRow:
    """The point of no return: what the client has paid is put on its way by the same change of the same row.

    Returns the row among `leaving` that carries it.
    """
    day, kopecks = fact.at[_DAY], fact.total.kopecks
    for order in leaving:
        if order.kind is _PAYMENT and order.amount.kopecks == kopecks:
            values = (kopecks, day, seq, order.created_text, order.sealed_body, fact.payment, order.key)
            cursor.execute(_FUND, values)
            if cursor.connection.changes() == 1:
                return order
    raise Contradiction(f"payment {fact.payment} is funded without its outbox row")


def _taken(
    connection: apsw.Connection, fact: ReadingsTaken, seq: int, leaving: Sequence[NewOutboxRow]
) -> NewOutboxRow:
    for row in leaving:
        if row.kind is OutboxKind.READINGS and row.key == fact.key:
            insert_readings(connection, row, seq)
            return row
    raise Contradiction(f"readings {fact.key} are taken without their outbox row")
