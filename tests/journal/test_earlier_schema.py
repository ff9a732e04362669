"""A journal of an earlier schema is brought to the newest at the opening: all of it or, cut off, nothing of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random

import apsw
import pytest

from terminal.journal import settings
from terminal.journal.migrations import SCHEMA, migrate
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.verify import verify
from terminal.payments.codec import from_body
from terminal.payments.postings import postings_of
from terminal.ports.records import Step, StoreRefused
from tests.journal import steps
from tests.journal.failing_disk import DiskFile, FailingDisk
from tests.journal.steps import SMALL_BALLAST_BYTES, TERMINAL, ScriptedClock, opened

CUTS_AT_EACH_SYNC = 4
SECOND = 2
"""The schema before the one under test."""
_SAME = ("meta", "cassette", "fiscal_document", "unassigned_note", "readings", "sealed", "data_key")
_MOVE = "UPDATE main.balance SET debit = debit + ?, credit = credit + ? WHERE account = ?"
_TABLES = (*_SAME, "record", "payment")


def earlier(directory: Path) -> Path:
    """A journal of the second schema with what every kind of step leaves in it."""
    newest = opened(directory)
    for step in (*steps.whole_payment(1), *steps.tender(2), steps.funded(2), steps.refused(2), steps.readings(1)):
        newest.journal.append(step)
    for step in (steps.unassigned(), *steps.tender(3), steps.asked(3, 2), steps.disputed(3, 2)):
        newest.journal.append(step)
    newest.journal.append(Step((steps.settled(3, 2), *steps.stacked(3, 2).facts)))
    newest.journal.append(steps.asked(3, 3))
    newest.journal.append(steps.disputed(3, 3))
    newest.journal.close()
    file, old = directory / "journal.db", directory / "old.db"
    scripts = directory / "second"
    scripts.mkdir()
    for script in sorted(SCHEMA.iterdir())[:SECOND]:
        shutil.copy(script, scripts)
    connection = apsw.Connection(str(old))
    migrate(connection, scripts)
    connection.execute("ATTACH ? AS newest", (str(file),))
    columns = ", ".join(name for _, name, *_ in connection.execute("PRAGMA main.table_info(payment)"))
    connection.execute(f"INSERT INTO main.payment SELECT {columns} FROM newest.payment")
    connection.execute(
        "INSERT INTO main.record SELECT seq, at, kind, payment, slot, after, body, hash FROM newest.record"
    )
    for table in _SAME:
        connection.execute(f"INSERT INTO main.{table} SELECT * FROM newest.{table}")
    for kind, body in connection.execute("SELECT kind, body FROM main.record").fetchall():
        for line in postings_of(from_body(kind, body)):
            moved = (line.debit.kopecks, line.credit.kopecks, line.account)
            connection.execute(_MOVE, moved)
    connection.execute("DETACH newest")
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.close()
    return old


def content(file: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = apsw.Connection(str(file))
    found = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in _TABLES}
    found["schema"] = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 2").fetchall()
    connection.close()
    return found


def reopened(file: Path, vfs: str | None = None) -> OpenedJournal:
    return open_journal(file, TERMINAL, ScriptedClock(), vfs, SMALL_BALLAST_BYTES)


def test_it_becomes_what_the_newest_schema_would_have_made_of_the_same_steps(tmp_path: Path) -> None:
    old = earlier(tmp_path)
    store = reopened(old)
    assert store.broken == ()
    assert store.journal.look_through().broken == ()
    assert store.journal._check.whole_pass() == []
    store.journal.append(Step((steps.settled(3, 3, stacked=False),)))
    store.journal.close()
    newest = opened(tmp_path)
    newest.journal.append(Step((steps.settled(3, 3, stacked=False),)))
    newest.journal.close()
    assert content(old) == content(tmp_path / "journal.db")
    assert verify(old).sound


def test_the_tools_read_it_as_it_is(tmp_path: Path) -> None:
    old = earlier(tmp_path)
    before = old.read_bytes()
    assert verify(old).sound
    assert old.read_bytes() == before


def test_wrong_balances_are_not_carried_over(tmp_path: Path) -> None:
    """The balances are made from the records: a wrong one of the earlier schema goes with it."""
    old = earlier(tmp_path)
    connection = apsw.Connection(str(old))
    connection.execute("UPDATE balance SET debit = debit + 5 WHERE account = 'cassette'")
    connection.close()
    store = reopened(old)
    assert store.broken == ()
    store.journal.close()


def test_records_that_no_newer_journal_could_hold_are_refused_and_left(tmp_path: Path) -> None:
    old = earlier(tmp_path)
    connection = apsw.Connection(str(old))
    connection.execute("DELETE FROM record WHERE kind = 'C20' AND payment = 1")
    connection.close()
    with pytest.raises(StoreRefused, match="CHECK constraint failed"):
        reopened(old)
    connection = apsw.Connection(str(old))
    assert connection.execute("PRAGMA user_version").fetchall() == [(SECOND,)]
    assert connection.execute("SELECT count(*) FROM balance").fetchall() == [(8,)]
    connection.close()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingDisk]:
    """The log is grown a little only: on this disk growing it costs more than all else."""
    monkeypatch.setattr(settings, "GROWN_WAL_BYTES", 100_000)
    disk = FailingDisk("failing-disk-of-schemas")
    yield disk
    disk.unregister()


def test_cut_off_at_any_sync_it_is_simply_done_again(tmp_path: Path, disk: FailingDisk) -> None:
    old = earlier(tmp_path)
    random, before = Random(3), old.read_bytes()
    cut_before, cut_after = 0, 0
    for syncs in count():
        for _ in range(CUTS_AT_EACH_SYNC):
            disk.files = {str(old): DiskFile(before)}
            disk.fail_sync = syncs
            try:
                reopened(old, disk.name).journal.close()
            except StoreRefused:
                pass
            else:
                assert min(cut_before, cut_after) > 0, "no cut fell before the change, or none after it"
                return
            disk.cut(random)
            if _schema(old, disk) == SECOND:
                cut_before += 1
            else:
                cut_after += 1
            store = reopened(old, disk.name)
            assert store.broken == ()
            assert store.journal._check.whole_pass() == []
            store.journal.close()


def test_a_disk_that_is_full_leaves_it_as_it_was(tmp_path: Path, disk: FailingDisk) -> None:
    old = earlier(tmp_path)
    before = old.read_bytes()
    disk.files = {str(old): DiskFile(before)}
    disk.capacity = len(before) + 50_000
    with pytest.raises(StoreRefused, match="full"):
        reopened(old, disk.name)
    assert _schema(old, disk) == SECOND
    disk.capacity = None
    store = reopened(old, disk.name)
    assert store.broken == ()
    store.journal.close()


def _schema(file: Path, disk: FailingDisk) -> object:
    connection = apsw.Connection(str(file), vfs=disk.name)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    row = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert row is not None
    return row[0]
