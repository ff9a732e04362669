"""Each identity, broken once by hand behind the journal's back, is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import PaymentNumber, TerminalId
from terminal.journal.audit_chain import ChainBroken, Checkpoint, Record, follow, genesis, link
from terminal.journal.identities import Totals, broken_in
from terminal.journal.running_balances import NOTHING
from terminal.journal.verify import verify
from terminal.payments.facts import PaymentDone, PaymentVoided
from terminal.payments.postings import LedgerAccount
from terminal.ports.records import OutboxState, Step
from tests.journal import steps
from tests.journal.steps import opened
from tests.journal.tampering import tampering, unguarded

EDITS: dict[str, tuple[int, str]] = {
    "a balance of the ledger": (1, "UPDATE record SET cassette = cassette + 1 WHERE seq = 20"),
    "cassette count": (2, "UPDATE cassette SET stacked = stacked + 1"),
    "credit of an open payment": (3, "UPDATE payment SET credit = credit + 1 WHERE open = 1 AND tendering = 1"),
    "a fiscal document gone": (5, "DELETE FROM fiscal_document WHERE number = 1"),
    "a fiscal document of another sum": (5, "UPDATE fiscal_document SET total = total + 1 WHERE number = 1"),
    "a payment's outbox row gone": (6, "UPDATE payment SET state = NULL WHERE number = 2"),
    "a payment's outbox row of another sum": (6, "UPDATE payment SET funded = funded + 1 WHERE number = 1"),
    "a payment's outbox row out of order": (6, "UPDATE payment SET sequence = 1 WHERE number = 2"),
    "a payment delivered without an answer": (6, "UPDATE payment SET state = 'delivered' WHERE number = 2"),
    "a body edited": (9, "UPDATE record SET body = replace(body, '10000', '90000') WHERE kind = 'C20' AND payment = 1"),
    "a time edited": (9, "UPDATE record SET at = '2020' WHERE seq = 3"),
    "a kind edited": (9, "UPDATE record SET kind = 'C30' WHERE seq = 4"),
    "a record deleted": (9, "DELETE FROM record WHERE seq = 6"),
    "records reordered": (
        9,
        "UPDATE record SET seq = 100 WHERE seq = 5; UPDATE record SET seq = 5 WHERE seq = 6;"
        "UPDATE record SET seq = 6 WHERE seq = 100",
    ),
}


@pytest.mark.parametrize(("number", "statement"), EDITS.values(), ids=EDITS.keys())
def test_an_edit_is_found_at_the_next_start_and_by_verification(tmp_path: Path, number: int, statement: str) -> None:
    file = _journal(tmp_path)
    assert verify(file).sound
    _edit(file, statement)
    broken = opened(tmp_path)
    broken.journal.close()
    assert number in {each.number for each in broken.broken}
    assert number in {each.number for each in verify(file).broken}


VERIFIED_ONLY: dict[str, tuple[int, str]] = {
    "the newest record cut off": (3, "DELETE FROM record WHERE seq = (SELECT max(seq) FROM record)"),
    "an outbox row from nowhere": (
        6,
        "INSERT INTO readings (sequence, key, state, created_at, next_at, body)"
        " VALUES (1, 'T-0001-r000000009', 'delivered', '', '', x'')",
    ),
    "readings gone from the outbox": (6, "DELETE FROM readings"),
    "a payment in the outbox before it is funded": (6, "UPDATE payment SET state = 'delivered' WHERE number = 3"),
    "a slot of another note": (9, "UPDATE record SET slot = 'C20.7' WHERE slot = 'C20.1' AND payment = 1"),
    "a balance of long ago": (1, "UPDATE record SET cassette = cassette + 1, customer = customer + 1 WHERE seq = 5"),
    "a slot not taken": (3, "UPDATE payment SET taken = replace(taken, 'F30:9,', '') WHERE number = 1"),
    "a payment reopened": (3, "UPDATE payment SET open = 1 WHERE number = 1"),
    "a payment moved to another day": (3, "UPDATE payment SET day = '2020-01-01' WHERE number = 1"),
}


@pytest.mark.parametrize(("number", "statement"), VERIFIED_ONLY.values(), ids=VERIFIED_ONLY.keys())
def test_an_edit_that_only_the_whole_journal_shows(tmp_path: Path, number: int, statement: str) -> None:
    file = _journal(tmp_path)
    _edit(file, statement)
    assert number in {each.number for each in verify(file).broken}


def test_a_note_given_to_nobody_while_one_payment_took_money_is_found(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for step in (steps.created(1), steps.checked(1)):
        store.journal.append(step)
    assert store.journal.broken_identities() == []
    store.journal.append(steps.unassigned())
    assert [each.number for each in store.journal.broken_identities()] == [8]
    store.journal.close()
    assert [each.number for each in verify(tmp_path / "journal.db").broken] == [8]


def test_a_disputed_note_given_to_nobody_while_its_payment_takes_money_is_found(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for step in (steps.created(1), steps.checked(1), steps.asked(1), steps.disputed(1)):
        store.journal.append(step)
    store.journal.append(Step((steps.settled(1), *steps.unassigned().facts)))
    assert [each.number for each in store.journal.broken_identities()] == [8]
    store.journal.close()


@pytest.mark.parametrize("tenders", [0, 2])
def test_a_note_that_may_be_nobodys_is_in_order(tmp_path: Path, tenders: int) -> None:
    store = opened(tmp_path)
    store.journal.append(steps.created(1))
    store.journal.append(Step((PaymentVoided(PaymentNumber(1), "client left"),)))
    for number in range(2, 2 + tenders):
        store.journal.append(steps.created(number))
        store.journal.append(steps.checked(number))
    store.journal.append(steps.unassigned())
    assert store.journal.broken_identities() == []
    store.journal.close()
    assert verify(tmp_path / "journal.db").sound


def test_a_record_changed_since_the_last_check_is_found_while_running(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for step in steps.whole_payment(1):
        store.journal.append(step)
    assert store.journal.broken_identities() == []
    unguarded(store.journal._database.connection).execute("UPDATE record SET hash = zeroblob(32) WHERE seq = 10")
    assert [each.number for each in store.journal.broken_identities()] == [9]
    store.journal.close()


def test_identities_hold_after_every_step_of_many_payments(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for number in range(1, 4):
        for step in steps.whole_payment(number):
            store.journal.append(step)
            assert store.journal.broken_identities() == []
    store.journal.append(Step((), settles=()))
    for step in (*steps.tender(4), steps.funded(4)):
        store.journal.append(step)
    store.journal.append(steps.refused(4))
    assert store.journal.broken_identities() == []
    assert store.outbox.totals().parked == 1
    store.journal.append(Step((PaymentDone(PaymentNumber(4)),), settles=((steps.key(4), OutboxState.DELIVERED),)))
    assert store.journal.broken_identities() == []
    store.journal.close()
    assert verify(tmp_path / "journal.db").sound


ARITHMETIC: dict[str, tuple[int, Callable[[], Totals]]] = {
    "debits are not credits": (1, lambda: _totals({LedgerAccount.CASSETTE: 5}, {5: 1})),
    "an account on the wrong side": (
        1,
        lambda: _totals({LedgerAccount.UNASSIGNED: -5, LedgerAccount.REFUND_DUE: 5}, {}),
    ),
    "notes are not the cassette": (2, lambda: _totals(_paid(5), {5: 2})),
    "the cassette is nobody's": (
        3,
        lambda: _totals({LedgerAccount.CASSETTE: 5, LedgerAccount.SUSPENSE_CUSTOMER: 5}, {5: 1}),
    ),
    "credit without a payment": (3, lambda: _totals(_paid(5, LedgerAccount.CUSTOMER), {5: 1})),
    "paid and not in the outbox": (6, lambda: _totals(_paid(5, LedgerAccount.PROVIDER_PENDING), {5: 1})),
    "a note misplaced": (8, lambda: Totals(NOTHING, {}, 0, 0, (7,))),
}


@pytest.mark.parametrize(("number", "totals"), ARITHMETIC.values(), ids=ARITHMETIC.keys())
def test_each_arithmetic_identity_fails_by_itself(number: int, totals: Callable[[], Totals]) -> None:
    assert number in {each.number for each in broken_in(totals())}


def test_totals_in_order_break_nothing() -> None:
    assert list(broken_in(_totals(_paid(5), {5: 1}))) == []


@given(
    st.lists(st.text(alphabet="abc{}\":,0123", max_size=12), min_size=2, max_size=6),
    st.data(),
)
def test_any_edited_dropped_or_swapped_record_breaks_the_chain(bodies: list[str], data: st.DataObject) -> None:
    records = _chained(bodies)
    _follow(records)
    place = data.draw(st.integers(0, len(records) - 1))
    edited = list(records)
    change = data.draw(st.sampled_from(("edit", "drop", "swap")))
    if change == "edit":
        old = edited[place]
        edited[place] = Record(old.seq, old.at, old.kind, old.payment, old.body + "x", old.hash)
    elif change == "drop" and place < len(records) - 1:
        del edited[place]
    else:
        other = (place + 1) % len(records)
        edited[place], edited[other] = edited[other], edited[place]
    with pytest.raises(ChainBroken):
        _follow(edited)


def test_a_gap_is_told_from_an_edit() -> None:
    records = _chained(["a", "b", "c"])
    with pytest.raises(ChainBroken, match="record 2 is missing"):
        _follow([records[0], records[2]])
    with pytest.raises(ChainBroken, match=r"record 2 .* is not what was written"):
        _follow([records[0], Record(2, "2026", "I10", None, "x", records[1].hash)])


def test_chains_of_two_terminals_never_meet() -> None:
    assert genesis(steps.TERMINAL) != genesis(TerminalId("T-0002"))


def _follow(records: list[Record]) -> Checkpoint:
    checked = genesis(steps.TERMINAL)
    for record in records:
        checked = follow(checked, record)
    return checked


def _chained(bodies: list[str]) -> list[Record]:
    head = genesis(steps.TERMINAL).head
    records: list[Record] = []
    for seq, body in enumerate(bodies, start=1):
        head = link(head, seq, "2026", "I10", None, body)
        records.append(Record(seq, "2026", "I10", None, body, head))
    return records


def _paid(kopecks: int, account: LedgerAccount = LedgerAccount.UNASSIGNED) -> dict[LedgerAccount, int]:
    return {LedgerAccount.CASSETTE: kopecks, account: kopecks}


def _totals(balances: dict[LedgerAccount, int], notes: dict[int, int]) -> Totals:
    return Totals(tuple(balances.get(account, 0) for account in LedgerAccount), notes, 0, 0, ())


def _journal(directory: Path) -> Path:
    """Two whole payments and one that takes money."""
    store = opened(directory)
    first = (*steps.whole_payment(1), steps.readings(1))
    for step in (*first, *steps.tender(2), steps.funded(2), *steps.tender(3)):
        store.journal.append(step)
    assert re.fullmatch("[0-9a-f]{64}", store.journal.head[1].hex())
    store.journal.close()
    return directory / "journal.db"


def _edit(file: Path, statement: str) -> None:
    connection = tampering(file)
    connection.execute(statement)
    connection.close()
