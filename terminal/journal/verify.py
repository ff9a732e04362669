"""The whole journal checked from its first record, on a copy: file, chain, tables against records, identities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

import apsw

from contracts.identifiers import TerminalId
from contracts.money import Money
from terminal.journal.audit_chain import ChainBroken, Checkpoint, Record, follow, genesis
from terminal.journal.content_check import ContentCheck, findings
from terminal.journal.copying import copied
from terminal.journal.identities import Totals, broken_in
from terminal.journal.mirror_files import DiskFolder
from terminal.journal.mirror_reading import differences, read_mirror
from terminal.journal.placement import placement
from terminal.journal.replay import Replay
from terminal.journal.running_balances import Balances, newest_balances
from terminal.payments.codec import from_body
from terminal.payments.facts import PaymentFact
from terminal.payments.postings import LedgerAccount
from terminal.ports.records import BrokenIdentity, StoreRefused

DIFFERENCES_LIMIT = 20
"""Reported of one table; more say nothing more."""

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was found in a journal."""

    terminal: TerminalId
    records: int
    head: str
    """Link of the last record that continues the chain, hexadecimal."""
    newest_at: str
    """Time of the newest record, empty for none."""
    damage: tuple[str, ...]
    """What SQLite finds wrong with the file."""
    broken: tuple[BrokenIdentity, ...]
    open_payments: tuple[int, ...]
    unsent: int
    parked: int
    balances: Mapping[LedgerAccount, Money]
    second: tuple[str, ...] = ()
    """Where the second copy is damaged or says something else."""

    @property
    def sound(self) -> bool:
        return not self.damage and not self.broken and not self.second


def verify(path: Path, mirror: Path | None = None) -> VerifyReport:
    """Check the journal at `path`, and its second copy against it when its folder is given.

    Raises `StoreRefused` when the journal is in use or is none.
    """
    with copied(path) as connection:
        try:
            report = verify_connection(connection)
            if mirror is None:
                return report
            return replace(report, second=tuple(differences(connection, read_mirror(DiskFolder(mirror)))))
        except (apsw.Error, OSError) as error:
            raise StoreRefused(f"{path} is too damaged to be read: {error}") from error


def verify_connection(connection: apsw.Connection) -> VerifyReport:
    """Check an open journal from its first record; reads all of it (seconds for a million records)."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'terminal'").fetchone()
    if row is None:
        raise StoreRefused("the journal names no terminal: it was never opened by one")
    terminal = TerminalId(row[0])
    damage = [text for (text,) in connection.execute(f"PRAGMA integrity_check({DIFFERENCES_LIMIT})") if text != "ok"]
    replay = Replay()
    broken: list[BrokenIdentity] = []
    head = _replay(connection, genesis(terminal), replay, broken)
    broken.extend(_differences(connection, replay))
    totals = replay.totals(_unanswered(connection, replay))
    broken.extend(broken_in(totals))
    broken.extend(findings(connection))
    broken.extend(each for each in ContentCheck(connection, terminal).whole_pass() if each not in broken)
    newest = connection.execute("SELECT at FROM record ORDER BY seq DESC LIMIT 1").fetchone()
    return VerifyReport(
        terminal=terminal,
        records=head.seq,
        head=head.head.hex(),
        newest_at=newest[0] if newest else "",
        damage=tuple(damage),
        broken=tuple(broken),
        open_payments=tuple(number for number, payment in replay.payments.items() if payment.open),
        unsent=_count(connection, "due"),
        parked=_count(connection, "parked"),
        balances=_balances(totals),
    )


def _replay(
    connection: apsw.Connection, head: Checkpoint, replay: Replay, broken: list[BrokenIdentity]
) -> Checkpoint:
    """Follow the records into `replay` up to the first that is not right."""
    select = "SELECT seq, at, kind, payment, body, hash, slot, after FROM record ORDER BY seq"
    try:
        for seq, at, kind, payment, body, digest, slot, after in connection.execute(select):
            head = follow(head, Record(seq, at, kind, payment, body, digest))
            fact = from_body(kind, body)
            place = placement(fact, seq) if isinstance(fact, PaymentFact) else (None, None)
            if place != (slot, after) or getattr(fact, "payment", None) != payment:
                broken.append(BrokenIdentity(9, f"record {seq} ({kind}) does not stand in its place"))
            replay.feed(seq, fact)
    except (ChainBroken, ValueError) as error:
        broken.append(BrokenIdentity(9, str(error)))
    except KeyError as error:
        broken.append(BrokenIdentity(9, f"record {head.seq} is about payment {error}, which never began"))
    return head


def _differences(connection: apsw.Connection, replay: Replay) -> Iterator[BrokenIdentity]:
    """Where a table does not say what the records say."""
    yield from _compare(1, "balance", _by_account(replay.balances), _by_account(newest_balances(connection)))
    select = "SELECT value, stacked, count FROM cassette"
    yield from _compare(2, "cassette", replay.notes, {row[0]: row[1:] for row in connection.execute(select)})
    select = "SELECT number, key, open, tendering, disputed, credit, funded, day, accepted, refused, taken FROM payment"
    payments = {number: payment.row() for number, payment in replay.payments.items()}
    yield from _compare(3, "payment", payments, {row[0]: row[1:] for row in connection.execute(select)})
    select = "SELECT storage, number, payment, total FROM fiscal_document"
    documents = {(row[0], row[1]): row[2:] for row in connection.execute(select)}
    yield from _compare(5, "fiscal document", replay.documents, documents)
    yield from _compare(6, "outbox", _expected_outbox(replay), _outbox(connection))
    unassigned = {seq: (owed,) for seq, owed in replay.unassigned.items()}
    select = "SELECT seq, owner FROM unassigned_note"
    yield from _compare(8, "unassigned note", unassigned, {row[0]: row[1:] for row in connection.execute(select)})


def _compare(
    number: int, name: str, expected: Mapping[Key, tuple[object, ...]], found: Mapping[Key, tuple[object, ...]]
) -> Iterator[BrokenIdentity]:
    different = (key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    for key in islice(different, DIFFERENCES_LIMIT):
        text = f"{name} {key}: the table says {found.get(key)}, the records say {expected.get(key)}"
        yield BrokenIdentity(number, text)


def _by_account(balances: Balances) -> dict[str, tuple[object, ...]]:
    return {account.value: (kopecks,) for account, kopecks in zip(LedgerAccount, balances, strict=True)}


def _expected_outbox(replay: Replay) -> dict[str, tuple[object, ...]]:
    rows: dict[str, tuple[object, ...]] = {key: ("readings", 0, seq) for key, seq in replay.readings.items()}
    for payment in replay.payments.values():
        if payment.funded is not None:
            rows[payment.key] = ("payment", payment.funded, payment.sequence)
    return rows


def _outbox(connection: apsw.Connection) -> dict[str, tuple[object, ...]]:
    return {row[0]: row[1:] for row in connection.execute("SELECT key, kind, amount, sequence FROM outbox")}


def _unanswered(connection: apsw.Connection, replay: Replay) -> Iterator[int]:
    """Sums of payments that the outbox still has to bring to an answer."""
    answered = {
        each.key for each in replay.payments.values() if each.accepted is not None or each.refused is not None
    }
    select = "SELECT key, amount FROM outbox WHERE state <> 'delivered' AND kind = 'payment'"
    return (amount for key, amount in connection.execute(select) if key not in answered)


def _count(connection: apsw.Connection, state: str) -> int:
    select = "SELECT count(*) FROM outbox WHERE state <> 'delivered' AND state = ?"
    row = connection.execute(select, (state,)).fetchone()
    assert row is not None
    return int(row[0])


def _balances(totals: Totals) -> dict[LedgerAccount, Money]:
    return {account: Money(totals.balance(account)) for account in LedgerAccount}
