"""The second journal: level with the database after whatever has happened to either."""

from __future__ import annotations

import itertools
from pathlib import Path
from random import Random

import pytest

from terminal.journal import mirror, mirror_shelf, mirroring
from terminal.journal.mirror_files import DiskFolder
from terminal.journal.mirror_reading import differences, read_mirror
from terminal.journal.verify import verify_connection
from terminal.ports.records import StoreFailed
from tests.journal import steps
from tests.journal.append_disk import FailingFolder
from tests.journal.failing_disk import FailingDisk
from tests.journal.mirrored import abandoned, content_of, opened, pay, steps_that_follow

CUTS = 60


def test_power_cuts_leave_both_journals_level_and_lose_nothing_confirmed(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder
) -> None:
    random = Random(7)
    confirmed = 0
    for _ in range(CUTS):
        store = opened(tmp_path, folder, disk)
        assert store.broken == ()
        assert store.journal.mirror_trouble() == ""
        assert store.journal.newest() >= confirmed
        for step in itertools.islice(steps_that_follow(store), random.randint(0, 9)):
            confirmed = store.journal.append(step)
            if random.random() < 0.3:
                store.journal.sync_mirror()
        disk.fail_sync = 0 if random.random() < 0.5 else None
        if disk.fail_sync is not None:
            with pytest.raises(StoreFailed):
                store.journal.append(next(steps_that_follow(store)))
        abandoned(store)
        disk.cut(random)
    store = opened(tmp_path, folder, disk)
    assert store.broken == ()
    assert verify_connection(store.journal._database.connection).sound
    assert store.journal.newest() >= confirmed > CUTS
    abandoned(store)


def test_a_lost_log_is_written_again_from_the_second_journal(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder
) -> None:
    """SQLite ends its recovery at the first page that is not right, and does not say so."""
    store = opened(tmp_path, folder, disk)
    pay(store, 1, 2, 3)
    store.journal.append(steps.readings(1))
    store.journal.sync_mirror()
    content = content_of(store)
    newest = store.journal.newest()
    abandoned(store)
    log = disk.files[str(tmp_path / "journal.db-wal")]
    log.seen[100] ^= 1
    store = opened(tmp_path, folder, disk)
    assert store.broken == ()
    assert store.journal.newest() == newest
    assert content_of(store) == content
    abandoned(store)


def test_without_a_second_journal_the_same_flip_loses_payments_unseen(tmp_path: Path, disk: FailingDisk) -> None:
    store = opened(tmp_path, None, disk)
    pay(store, 1, 2, 3)
    abandoned(store)
    disk.files[str(tmp_path / "journal.db-wal")].seen[100] ^= 1
    store = opened(tmp_path, None, disk)
    assert store.broken == ()
    assert store.journal.newest() == 0
    abandoned(store)


def test_a_second_journal_that_lost_its_end_is_given_it_again(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder
) -> None:
    store = opened(tmp_path, folder, disk)
    pay(store, 1, 2)
    store.journal.sync_mirror()
    abandoned(store)
    name = folder.names()[-1]
    whole = bytes(folder.content(name))
    del folder.content(name)[len(whole) // 2 :]
    store = opened(tmp_path, folder, disk)
    assert store.broken == ()
    assert bytes(folder.content(name)) == whole
    abandoned(store)


def test_a_contradiction_takes_no_money_and_changes_nothing(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder
) -> None:
    store = opened(tmp_path, folder, disk)
    pay(store, 1)
    store.journal.rest()
    before = {name: bytes(file.seen) for name, file in disk.files.items()}
    pay(store, 2)
    store.journal.sync_mirror()
    abandoned(store)
    for name, content in before.items():
        if not name.startswith("mirror/"):
            disk.files[name].seen[:] = content
    store = opened(tmp_path, None, disk)
    store.journal.append(steps.readings(1))
    abandoned(store)
    second = {name: bytes(folder.content(name)) for name in folder.names()}
    store = opened(tmp_path, folder, disk)
    assert [each.number for each in store.broken] == [9]
    assert "second" in store.broken[0].text
    assert second == {name: bytes(folder.content(name)) for name in folder.names()}
    abandoned(store)


@pytest.mark.parametrize("log_is_bad", [True, False])
def test_a_step_beyond_damage_that_the_database_has_lost_closes_the_money(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder, log_is_bad: bool
) -> None:
    """The power goes before the second journal is synced, and its writes are kept out of order."""
    store = opened(tmp_path, folder, disk)
    pay(store, 1)
    store.journal.sync_mirror()
    name = folder.names()[-1]
    damaged = len(folder.content(name)) + 20
    pay(store, 2)
    store.journal.sync_mirror()
    newest = store.journal.newest()
    abandoned(store)
    folder.content(name)[damaged] ^= 1
    if log_is_bad:
        disk.files[str(tmp_path / "journal.db-wal")].seen[100] ^= 1
    for _ in range(2):
        second = {each: bytes(folder.content(each)) for each in folder.names()}
        store = opened(tmp_path, folder, disk)
        assert [each.number for each in store.broken] == [9] * log_is_bad
        assert store.journal.newest() == (0 if log_is_bad else newest)
        if log_is_bad:
            assert f"record {newest}" in store.broken[0].text
            assert second == {each: bytes(folder.content(each)) for each in folder.names()}
        abandoned(store)


def test_steps_wait_in_memory_only_so_many(tmp_path: Path, disk: FailingDisk, folder: FailingFolder) -> None:
    store = opened(tmp_path, folder, disk)
    written = len(folder.content(folder.names()[-1]))
    for step in itertools.islice(steps_that_follow(store), mirroring.WAITING_STEPS):
        store.journal.append(step)
    assert len(folder.content(folder.names()[-1])) == written
    store.journal.append(next(steps_that_follow(store)))
    assert sum(1 for _ in differences(store.journal._database.connection, read_mirror(folder))) == 0
    assert len(folder.content(folder.names()[-1])) > written
    abandoned(store)


def test_a_journal_that_lost_more_than_its_log_is_not_guessed_at(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirroring, "CATCH_UP_RECORDS", 15)
    store = opened(tmp_path, folder, disk)
    pay(store, 1, 2)
    store.journal.sync_mirror()
    abandoned(store)
    for name in [each for each in disk.files if not each.startswith("mirror/")]:
        del disk.files[name]
    store = opened(tmp_path, folder, disk)
    assert [each.number for each in store.broken] == [9]
    assert "lacks 20 records" in store.broken[0].text
    abandoned(store)


def test_a_step_that_cannot_be_true_does_not_reach_the_second_journal(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder
) -> None:
    store = opened(tmp_path, folder, disk)
    for step in steps.tender(1):
        store.journal.append(step)
    with pytest.raises(StoreFailed):
        store.journal.append(steps.stacked(1))
    abandoned(store)
    store = opened(tmp_path, folder, disk)
    assert store.broken == ()
    assert store.journal.newest() == 4
    abandoned(store)


def test_files_follow_one_another_and_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "FILE_BYTES", 5_000)
    monkeypatch.setattr(mirror_shelf, "ALL_BYTES", 20_000)
    place = DiskFolder(tmp_path / "mirror")
    store = opened(tmp_path, place)
    for number in range(1, 31):
        pay(store, number)
        store.journal.sync_mirror()
    store.journal.close()
    sizes = [entry.stat().st_size for entry in sorted((tmp_path / "mirror").iterdir())]
    assert 2 < len(sizes) < 6
    assert sum(sizes) <= 30_000
    store = opened(tmp_path, place)
    assert (store.broken, store.journal.newest()) == ((), 300)
    pay(store, 31)
    store.journal.close()
    store = opened(tmp_path, place)
    assert (store.broken, store.journal.newest()) == ((), 310)
    store.journal.close()
