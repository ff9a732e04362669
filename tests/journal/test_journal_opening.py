"""What the journal refuses to be opened with, and what it holds to once open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from terminal.journal import database, migrations
from terminal.journal.ballast import Ballast
from terminal.journal.database import log_path, open_database, take_lock
from terminal.journal.migrations import migrate
from terminal.journal.settings import GROWN_WAL_BYTES, SETTINGS, apply_settings, require_safe_library
from terminal.ports.records import StoreRefused
from tests.journal import steps
from tests.journal.steps import SMALL_BALLAST_BYTES, opened

HOLD = "import sys; from pathlib import Path; from tests.journal.steps import opened; opened(Path(sys.argv[1]));" + (
    "print('open', flush=True); sys.stdin.read()"
)


def test_every_setting_is_in_force(tmp_path: Path) -> None:
    database = open_database(tmp_path / "journal.db")
    expected = {
        "locking_mode": "exclusive",
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "secure_delete": 1,
        "temp_store": 2,
        "wal_autocheckpoint": 1000,
        "journal_size_limit": -1,
        "mmap_size": 0,
    }
    found = {name: database.connection.execute(f"PRAGMA {name}").fetchall() for name in expected}
    assert found == {name: [(value,)] for name, value in expected.items()}
    assert {setting.name for setting in SETTINGS} | {"mmap_size"} == set(expected)
    tables = database.connection.execute(
        "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    assert all(strict == 1 for _, strict in tables)
    database.close()


def test_a_setting_that_does_not_take_is_a_refusal() -> None:
    connection = apsw.Connection(":memory:")
    with pytest.raises(StoreRefused, match="journal_mode did not take"):
        apply_settings(connection)
    connection.close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [("3.40.1", False), ("3.51.2", False), ("3.51.3", True), ("3.52.0", True), ("3.54.1", True), ("3.9.2", False)],
)
def test_sqlite_with_the_wal_reset_fault_is_refused(version: str, safe: bool) -> None:
    if safe:
        require_safe_library(version, True)
        return
    with pytest.raises(StoreRefused, match=version):
        require_safe_library(version, True)


def test_python_without_assertions_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-O", "-c", HOLD, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "without -O" in done.stderr


def test_a_second_process_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreRefused, match="another process has the journal"):
            opened(tmp_path)
    finally:
        holder.stdin.close()
        assert holder.wait(timeout=60) == 0
        holder.stdout.close()
    opened(tmp_path).journal.close()


def test_the_lock_is_free_again_after_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"this is no database" * 100)
    for _ in range(2):
        with pytest.raises(StoreRefused, match="cannot be opened"):
            opened(tmp_path)


def test_the_log_is_grown_once_and_kept(tmp_path: Path) -> None:
    log = log_path(tmp_path / "journal.db")
    journal = opened(tmp_path).journal
    size = log.stat().st_size
    assert size >= GROWN_WAL_BYTES
    for number in range(1, 4):
        for step in steps.whole_payment(number):
            journal.append(step)
    journal.rest()
    assert log.stat().st_size == size
    journal.close()
    assert log.stat().st_size == size
    file_size = (tmp_path / "journal.db").stat().st_size
    opened(tmp_path).journal.close()
    assert log.stat().st_size == size
    assert (tmp_path / "journal.db").stat().st_size == file_size


def test_with_little_space_the_log_does_not_grow_and_is_copied_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "journal.db"
    monkeypatch.setattr(database, "GROWTH_NEEDS_BYTES", 1 << 60)
    journal = opened(tmp_path).journal
    for step in steps.whole_payment(1):
        journal.append(step)
    journal._database._failed = True  # as a killed process leaves it
    journal.close()
    assert _records_in(file.read_bytes(), tmp_path) == 0
    opened(tmp_path).journal.close()
    assert _records_in(file.read_bytes(), tmp_path) == len(steps.whole_payment(1))
    assert log_path(file).stat().st_size < GROWN_WAL_BYTES


def _records_in(database_file: bytes, directory: Path) -> object:
    """Records in the file itself, without its log."""
    copy = directory / "without-log.db"
    copy.write_bytes(database_file)
    connection = apsw.Connection(str(copy))
    found = connection.execute("SELECT count(*) FROM record").fetchall()
    connection.close()
    for each in directory.glob("without-log.db*"):
        each.unlink()
    return found[0][0]


def test_a_read_only_directory_is_a_plain_refusal(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused, match="no lock file"):
        take_lock(tmp_path / "missing" / "journal.db")


def test_a_journal_of_a_later_version_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).journal.close()
    connection = apsw.Connection(str(tmp_path / "journal.db"))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreRefused, match="update the software"):
        opened(tmp_path)


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "journal.db"))
    connection.execute("PRAGMA application_id = 77; CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(StoreRefused, match="not a journal"):
        opened(tmp_path)


def test_a_migration_is_all_or_nothing_and_is_done_again(tmp_path: Path) -> None:
    first = (migrations.SCHEMA / "0001_journal.sql").read_text(encoding="utf-8")
    (tmp_path / "0001_journal.sql").write_text(first, encoding="utf-8")
    second = tmp_path / "0002_more.sql"
    second.write_text("CREATE TABLE more (x INTEGER) STRICT; CREATE TABLE more (x INTEGER) STRICT;", encoding="utf-8")
    file = str(tmp_path / "journal.db")
    connection = apsw.Connection(file)
    with pytest.raises(apsw.SQLError):
        migrate(connection, tmp_path)
    connection.close()
    connection = apsw.Connection(file)
    assert connection.execute("PRAGMA user_version").fetchall() == [(1,)]
    assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").fetchall() == [(0,)]
    second.write_text("CREATE TABLE more (x INTEGER) STRICT;", encoding="utf-8")
    assert migrate(connection, tmp_path) == 2
    assert connection.execute("SELECT count(*) FROM more").fetchall() == [(0,)]
    connection.close()


def test_a_missing_schema_file_is_a_damaged_installation(tmp_path: Path) -> None:
    (tmp_path / "0002_more.sql").write_text("SELECT 1;", encoding="utf-8")
    connection = apsw.Connection(":memory:")
    with pytest.raises(StoreRefused, match="installation is damaged"):
        migrate(connection, tmp_path)
    connection.close()


def test_the_ballast_is_made_of_real_blocks(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", SMALL_BALLAST_BYTES)
    assert not ballast.intact
    assert ballast.restore()
    assert ballast.intact
    assert (tmp_path / "ballast").stat().st_blocks * 512 >= SMALL_BALLAST_BYTES
    ballast.release()
    assert not ballast.intact


def test_a_hole_is_no_ballast(tmp_path: Path) -> None:
    with (tmp_path / "ballast").open("wb") as file:
        file.truncate(SMALL_BALLAST_BYTES)
    ballast = Ballast(tmp_path / "ballast", SMALL_BALLAST_BYTES)
    assert not ballast.intact
    assert ballast.restore()
    assert ballast.intact


def test_missing_ballast_is_owed_and_never_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ballast = Ballast(tmp_path / "ballast", SMALL_BALLAST_BYTES)
    monkeypatch.setattr(Ballast, "_free", lambda _: SMALL_BALLAST_BYTES + 100)
    assert ballast.spare_bytes() == 100
    assert not ballast.restore()
    assert not (tmp_path / "ballast").exists()


def test_a_full_disk_with_no_payment_open_is_a_refusal_and_with_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(tmp_path).journal
    journal.close()
    monkeypatch.setattr(Ballast, "spare_bytes", lambda _: 0)
    with pytest.raises(StoreRefused, match="disk is full"):
        opened(tmp_path)
    monkeypatch.undo()
    journal = opened(tmp_path).journal
    journal.append(steps.created(1))
    journal.close()
    monkeypatch.setattr(Ballast, "spare_bytes", lambda _: 0)
    journal = opened(tmp_path).journal
    journal.append(steps.checked(1))
    journal.close()


def test_records_without_the_name_of_a_terminal_are_nobodys(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.journal.append(steps.readings(1))
    store.journal.close()
    connection = apsw.Connection(str(tmp_path / "journal.db"))
    connection.execute("UPDATE meta SET name = 'terlinal' WHERE name = 'terminal'")
    connection.close()
    with pytest.raises(StoreRefused, match="names no terminal"):
        opened(tmp_path)
