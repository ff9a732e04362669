"""The identities that must hold whatever has happened, as arithmetic on totals and as a look at single records.

Numbers and meaning are those of `ports.records.BrokenIdentity`. The same arithmetic serves the running totals of the
tables (at every start and every payment's end) and totals recomputed from all records (`replay`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apsw

from terminal.journal.audit_chain import ChainBroken, Checkpoint, Record, follow_all
from terminal.journal.running_balances import ASSETS, Balances, newest_balances
from terminal.payments.codec import from_body
from terminal.payments.facts import PaymentFunded, ReceiptRegistered
from terminal.payments.postings import LedgerAccount
from terminal.ports.records import BrokenIdentity

_ACCOUNTS = tuple(LedgerAccount)
_OF_CASSETTE = (
    LedgerAccount.CUSTOMER,
    LedgerAccount.PROVIDER_PENDING,
    LedgerAccount.PROVIDER_POSTED,
    LedgerAccount.REFUND_DUE,
    LedgerAccount.UNASSIGNED,
)
"""Whose money lies in the cassette."""


_RECORDS = "SELECT seq, at, kind, payment, body, hash FROM record WHERE seq > ? ORDER BY seq"
_DOUBTFUL = (
    "SELECT seq, at, kind, payment, body, hash FROM record WHERE seq > ?1 AND ("
    "kind = 'S20' AND NOT EXISTS (SELECT 1 FROM payment WHERE number = record.payment AND sequence = record.seq"
    " AND funded = record.body ->> '$.total' AND state IS NOT NULL)"
    " OR kind = 'F20' AND NOT EXISTS (SELECT 1 FROM fiscal_document JOIN payment"
    " ON payment.number = fiscal_document.payment WHERE storage = record.body ->> '$.storage'"
    " AND fiscal_document.number = record.body ->> '$.document' AND fiscal_document.payment = record.payment"
    " AND fiscal_document.total = record.body ->> '$.total' AND payment.funded = fiscal_document.total)) ORDER BY seq"
)
"""Records that `broken_record` has something to say about; a start has no time to ask it about every one."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums in kopecks."""

    balances: Balances
    notes: Mapping[int, int]
    """Notes ever stacked by value."""
    open_credit: int
    """Put in by clients and not yet paid with, by the payments."""
    unanswered: int
    """Outbox rows of payments without the host's answer."""
    misplaced: tuple[int, ...]
    """Records of notes without a payment that belong to one."""

    def balance(self, account: LedgerAccount) -> int:
        """What stands on the account's normal side; negative when it stands on the wrong one."""
        return self.balances[_ACCOUNTS.index(account)]


def broken_in(totals: Totals) -> Iterator[BrokenIdentity]:
    """The arithmetic identities that do not hold."""
    debit = sum(totals.balance(account) for account in LedgerAccount if account in ASSETS)
    credit = sum(totals.balance(account) for account in LedgerAccount if account not in ASSETS)
    if debit != credit:
        yield BrokenIdentity(1, f"debits {debit} are not credits {credit}")
    for account in LedgerAccount:
        if totals.balance(account) < 0:
            yield BrokenIdentity(1, f"account {account.value} stands at {totals.balance(account)}")
    cassette = totals.balance(LedgerAccount.CASSETTE)
    stacked = sum(value * count for value, count in totals.notes.items())
    if cassette != stacked:
        yield BrokenIdentity(2, f"cassette {cassette} is not the notes stacked {stacked}")
    owned = sum(totals.balance(account) for account in _OF_CASSETTE)
    if cassette != owned:
        yield BrokenIdentity(3, f"cassette {cassette} is not paid, open and unassigned {owned}")
    if totals.balance(LedgerAccount.CUSTOMER) != totals.open_credit:
        yield BrokenIdentity(
            3, f"clients' credit {totals.balance(LedgerAccount.CUSTOMER)} is not that of payments {totals.open_credit}"
        )
    pending = totals.balance(LedgerAccount.PROVIDER_PENDING)
    if pending != totals.unanswered:
        yield BrokenIdentity(6, f"paid and unanswered {pending} is not in the outbox: {totals.unanswered}")
    for seq in totals.misplaced:
        yield BrokenIdentity(8, f"record {seq}: a note without a payment that belongs to one")


def read_totals(connection: apsw.Connection) -> Totals:
    """The running totals; the work does not grow with the journal."""
    notes = {value: stacked for value, stacked in connection.execute("SELECT value, stacked FROM cassette")}
    open_credit = _number(connection, "SELECT total(credit) FROM payment WHERE open = 1")
    unanswered = _number(
        connection,
        "SELECT total(funded) FROM payment WHERE open = 1 AND state <> 'delivered'"
        " AND accepted IS NULL AND refused IS NULL",
    )
    misplaced = connection.execute("SELECT seq FROM unassigned_note WHERE owner IS NOT NULL ORDER BY seq LIMIT 100")
    return Totals(newest_balances(connection), notes, open_credit, unanswered, tuple(seq for (seq,) in misplaced))


def broken_since(connection: apsw.Connection, checked: Checkpoint) -> tuple[Checkpoint, list[BrokenIdentity]]:
    """Check the running totals and every record after `checked`; returns the newest record with what is broken.

    A table that cannot be read as what it should be is broken as well.
    """
    broken: list[BrokenIdentity] = []
    head = checked
    try:
        broken += broken_in(read_totals(connection))
        _require_unchanged(connection, checked)
        head = follow_all(checked, connection.execute(_RECORDS, (checked.seq,)))
        for values in connection.execute(_DOUBTFUL, (checked.seq,)).fetchall():
            broken.extend(broken_record(connection, _record(values)))
    except (ChainBroken, ValueError) as error:
        broken.append(BrokenIdentity(9, str(error)))
    return head, broken


def _require_unchanged(connection: apsw.Connection, checked: Checkpoint) -> None:
    if checked.seq == 0:
        return
    row = connection.execute("SELECT hash FROM record WHERE seq = ?", (checked.seq,)).fetchone()
    if row is None or row[0] != checked.head:
        raise ChainBroken(f"record {checked.seq} is not what it was at the last check")


def _record(values: tuple[Any, ...]) -> Record:
    return Record(*values)


def broken_record(connection: apsw.Connection, record: Record) -> Iterator[BrokenIdentity]:
    """What does not hold about one record and the row it should have left. Raises `ValueError` for a strange body."""
    if record.kind not in (ReceiptRegistered.kind, PaymentFunded.kind):
        return
    match from_body(record.kind, record.body):
        case ReceiptRegistered(storage=storage, document=document, payment=payment, total=total):
            select = (
                "SELECT fiscal_document.total, payment.funded FROM fiscal_document"
                " JOIN payment ON payment.number = fiscal_document.payment"
                " WHERE storage = ? AND fiscal_document.number = ? AND fiscal_document.payment = ?"
            )
            row = connection.execute(select, (storage, document, payment)).fetchone()
            if row != (total.kopecks, total.kopecks):
                text = f"document {document} of {total.kopecks} against register table and payment: {row}"
                yield BrokenIdentity(5, f"payment {payment}: {text}")
        case PaymentFunded(payment=payment, total=total):
            select = "SELECT funded FROM payment WHERE number = ? AND sequence = ? AND state IS NOT NULL"
            row = connection.execute(select, (payment, record.seq)).fetchone()
            if row != (total.kopecks,):
                yield BrokenIdentity(6, f"payment {payment} of {total.kopecks} in the outbox: {row}")


def _number(connection: apsw.Connection, select: str) -> int:
    row = connection.execute(select).fetchone()
    assert row is not None
    return int(row[0])
