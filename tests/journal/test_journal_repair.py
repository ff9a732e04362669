"""Repair from either copy, from both together, and not at all when a record is lost in both."""

from __future__ import annotations

import argparse
import shutil
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from terminal.journal.command import add_arguments
from terminal.journal.database import log_path
from terminal.journal.mirror_files import DiskFolder
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.repair import repair
from terminal.journal.verify import verify
from terminal.ports.records import Step, StoreRefused
from tests.journal import steps
from tests.journal.steps import SMALL_BALLAST_BYTES, TERMINAL, ScriptedClock
from tests.journal.tampering import tampering

Content = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A journal at rest with its second copy; everything that has tables is in it."""
    store = opened(tmp_path)
    for number in (1, 2, 3):
        for step in steps.whole_payment(number):
            store.journal.append(step)
    store.journal.append(Step((steps.erased(1).facts[0],)))
    for step in (*steps.tender(4), steps.funded(4), steps.unassigned(), steps.readings(1)):
        store.journal.append(step)
    for step in (steps.created(5), steps.checked(5), steps.asked(5), steps.disputed(5)):
        store.journal.append(step)
    store.journal.append(Step((steps.settled(5), steps.stacked(5).facts[0])))
    store.journal.close()
    return tmp_path


def opened(directory: Path) -> OpenedJournal:
    place = DiskFolder(directory / "journal.mirror")
    return open_journal(
        directory / "journal.db", TERMINAL, ScriptedClock(), ballast_bytes=SMALL_BALLAST_BYTES, mirror=place
    )


def content(place: Path) -> Content:
    """Every table of the journal as a start of the terminal finds it."""
    store = opened(place)
    assert store.broken == ()
    connection = store.journal._database.connection
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    found = {str(name): sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for (name,) in tables}
    found["sealed"] = sorted(found["sealed"], key=repr)
    store.journal.close()
    return found


def files(place: Path) -> dict[str, bytes]:
    return {str(each.relative_to(place)): each.read_bytes() for each in sorted(place.rglob("*")) if each.is_file()}


def altered(file: Path, statement: str) -> None:
    connection = tampering(file)
    connection.execute(statement)
    assert connection.changes() > 0
    connection.close()


def test_a_sound_journal_is_left_alone(place: Path) -> None:
    before = files(place)
    report = repair(place / "journal.db", place / "journal.mirror")
    assert (report.findings, report.kept, report.records) == ((), None, 44)
    assert files(place) == before


def test_a_database_that_is_gone_is_made_from_the_second_copy(place: Path) -> None:
    before = content(place)
    (place / "journal.db").unlink()
    log_path(place / "journal.db").unlink()
    report = repair(place / "journal.db", place / "journal.mirror")
    assert (report.records, report.from_mirror) == (44, 44)
    assert content(place) == before
    assert verify(place / "journal.db", place / "journal.mirror").sound


def test_a_second_copy_that_is_gone_is_made_from_the_database(place: Path) -> None:
    before = content(place)
    (file,) = (place / "journal.mirror").iterdir()
    data = bytearray(file.read_bytes())
    data[50] ^= 1
    file.write_bytes(data)
    assert not verify(place / "journal.db", place / "journal.mirror").sound
    report = repair(place / "journal.db", place / "journal.mirror")
    assert report.from_mirror == 0
    assert content(place) == before
    assert verify(place / "journal.db", place / "journal.mirror").sound


def test_each_lends_the_other_what_it_lost(place: Path) -> None:
    """An old record is wrong in the database, a later one unreadable in the second copy."""
    before = content(place)
    altered(place / "journal.db", "UPDATE record SET body = replace(body, '10000', '50000') WHERE seq = 4")
    (file,) = (place / "journal.mirror").iterdir()
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    report = repair(place / "journal.db", place / "journal.mirror")
    assert report.from_mirror == 1
    assert any("record 4" in text for text in report.findings)
    assert content(place) == before
    assert report.kept is not None
    kept = files(report.kept)
    assert kept["journal.mirror/steps.000001"] == bytes(data)
    assert set(kept) == {"journal.db", "journal.mirror/steps.000001"}


def test_a_wrong_running_table_is_made_right(place: Path) -> None:
    before = content(place)
    altered(place / "journal.db", "UPDATE record SET cassette = cassette + 5, customer = customer + 5 WHERE seq = 9")
    repair(place / "journal.db", place / "journal.mirror")
    assert content(place) == before


def test_a_record_lost_in_both_changes_nothing(place: Path) -> None:
    altered(place / "journal.db", "UPDATE record SET body = replace(body, '10000', '50000') WHERE seq = 4")
    shutil.rmtree(place / "journal.mirror")
    before = files(place)
    with pytest.raises(StoreRefused, match="record 4 is lost"):
        repair(place / "journal.db", place / "journal.mirror")
    after = files(place)
    assert {name: data for name, data in after.items() if "before-repair" not in name} == before


def test_two_different_journals_are_not_mixed(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    altered(place / "journal.db", "UPDATE meta SET value = 'T-0009' WHERE name = 'terminal'")
    with pytest.raises(StoreRefused, match="2 terminals"):
        repair(place / "journal.db", place / "journal.mirror")
    assert list(other.iterdir()) == []


def test_the_command_says_what_it_did(place: Path) -> None:
    altered(place / "journal.db", "UPDATE record SET body = replace(body, '10000', '50000') WHERE seq = 4")
    assert command(place, "verify")[0] == 1
    code, text = command(place, "repair")
    assert code == 0
    assert "Журнал собран заново: записей 44" in text
    assert command(place, "verify")[0] == 0
    assert "исправлять нечего" in command(place, "repair")[1]
    opened(place).journal.close()
    store = opened(place)
    assert command(place, "repair")[0] == 1
    store.journal.close()


def command(place: Path, name: str) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    add_arguments(parser.add_subparsers(required=True))
    args = parser.parse_args(["journal", name, str(place / "journal.db")])
    out = StringIO()
    return int(args.run(args, Console(file=out, width=200))), out.getvalue()
