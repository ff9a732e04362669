"""What the schema forbids whatever a program believes; and that it is the named rule which forbids it."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from terminal.journal.erasing import _ERASABLE
from terminal.journal.taken_slots import record_in
from tests.journal import steps
from tests.journal.steps import opened

CHECKS = "checks"
"""Instead of a trigger's name: the table's own CHECK."""

_COLUMNS = (
    "seq, at, kind, payment, slot, after, body, hash, cassette, suspense_cash, customer, provider_pending,"
    " provider_posted, refund_due, suspense_customer, unassigned"
)


def _record(slot: str | None, after: str | None, payment: int | None = 1, held: str = "0, 0, 0, 0, 0, 0, 0, 0") -> str:
    """SQL that adds record 5 to a journal whose payment 1 has a note in the cassette."""
    quoted = ("NULL" if each is None else f"'{each}'" for each in (slot, after))
    number = "NULL" if payment is None else payment
    values = f"5, '', 'C20', {number}, {', '.join(quoted)}, '', zeroblob(32), {held}"
    return f"INSERT INTO record ({_COLUMNS}) VALUES ({values})"


GUARDED: dict[str, tuple[str, str]] = {
    "a slot taken twice": ("record_takes_slot", _record("C20.1", "C10.1")),
    "a slot before the one that comes before": ("record_takes_slot", _record("C20.2", "C10.2")),
    "a slot of a payment that never began": ("record_takes_slot", _record("C10.2", "S10", payment=7)),
    "a slot without the one before": (CHECKS, _record("C10.2", None)),
    "a payment without a slot": (CHECKS, _record(None, None)),
    "a slot without a payment": (CHECKS, _record("C10.2", "S10", payment=None)),
    "a slot that reads as two": (CHECKS, _record("C10.2:3,S20", "S10")),
    "a hash that is none": (CHECKS, _record("C10.2", "S10").replace("zeroblob(32)", "zeroblob(31)")),
    "an asset on the wrong side": (CHECKS, _record("C10.2", "S10", held="-5, 5, 0, 0, 0, 0, 0, 0")),
    "a debt on the wrong side": (CHECKS, _record("C10.2", "S10", held="0, 0, 5, -5, 0, 0, 0, 0")),
    "more held than owed": (CHECKS, _record("C10.2", "S10", held="5, 0, 0, 4, 0, 0, 0, 0")),
    "a record changed": ("record_stays", "UPDATE record SET body = '{}' WHERE seq = 3"),
    "a record moved to another slot": ("record_stays", "UPDATE record SET slot = 'C20.2' WHERE seq = 4"),
    "a record deleted": ("record_is_kept", "DELETE FROM record WHERE seq = 4"),
    "a slot given back": ("slots_stay_taken", "UPDATE payment SET taken = ',S00:1,S10:2,' WHERE number = 1"),
    "a payment deleted": ("payment_is_kept", "DELETE FROM payment WHERE number = 1"),
    "fewer notes than none": (CHECKS, "UPDATE cassette SET count = -1"),
}


@pytest.fixture
def connection(tmp_path: Path) -> apsw.Connection:
    store = opened(tmp_path)
    for step in steps.tender(1):
        store.journal.append(step)
    store.journal.close()
    connection = apsw.Connection(str(tmp_path / "journal.db"))
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@pytest.mark.parametrize(("rule", "statement"), GUARDED.values(), ids=GUARDED.keys())
def test_the_schema_forbids_it(connection: apsw.Connection, rule: str, statement: str) -> None:
    with pytest.raises(apsw.ConstraintError):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(("rule", "statement"), GUARDED.values(), ids=GUARDED.keys())
def test_nothing_but_that_rule_forbids_it(connection: apsw.Connection, rule: str, statement: str) -> None:
    connection.execute("PRAGMA ignore_check_constraints = ON" if rule == CHECKS else f"DROP TRIGGER {rule}")
    connection.execute("PRAGMA foreign_keys = OFF")
    if rule == CHECKS and "INSERT" in statement:
        connection.execute("DROP TRIGGER record_takes_slot")
    connection.execute(statement)
    assert connection.changes() == 1
    connection.close()


def test_what_is_right_passes(connection: apsw.Connection) -> None:
    connection.execute(_record("C10.2", "S10", held="10000, 0, 10000, 0, 0, 0, 0, 0"))
    taken = connection.execute("SELECT taken FROM payment").fetchall()
    assert taken == [(",S00:1,S10:2,C10.1:3,C20.1:4,C10.2:5,",)]
    connection.close()


def test_the_way_to_a_slots_record(connection: apsw.Connection) -> None:
    for slot, seq in (("S00", 1), ("S10", 2), ("S40", 0)):
        assert connection.execute(f"SELECT {record_in(slot)} FROM payment").fetchall() == [(seq,)]
    connection.close()


def test_what_may_be_erased_is_found_without_a_walk_through_the_journal(connection: apsw.Connection) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {_ERASABLE}", ("2026-11-21", 1))]
    assert "SEARCH ended USING INTEGER PRIMARY KEY (rowid=?)" in plan
    assert [step for step in plan if step.startswith(("SCAN record", "SCAN ended"))] == []
    connection.close()
