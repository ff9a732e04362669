"""The second journal's medium fails, is away and comes back: no step is stopped, and nothing is written blindly."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.journal.mirror_reading import differences, read_mirror
from terminal.ports.records import StoreFailed
from tests.journal import steps
from tests.journal.append_disk import FailingFolder
from tests.journal.failing_disk import FailingDisk
from tests.journal.mirrored import abandoned, content_of, opened, pay


@pytest.mark.parametrize("operation", ["append", "sync", "open"])
def test_a_failing_medium_stops_no_step(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder, operation: str
) -> None:
    if operation != "open":
        store = opened(tmp_path, folder, disk)
        pay(store, 1)
        folder.fail = operation
    else:
        folder.fail = operation
        store = opened(tmp_path, folder, disk)
    store.journal.append(steps.readings(1))
    store.journal.sync_mirror()
    assert f"refuses: {operation}" in store.journal.mirror_trouble()
    assert store.broken == ()
    newest = store.journal.newest()
    abandoned(store)
    folder.fail = None
    store = opened(tmp_path, folder, disk)
    assert (store.broken, store.journal.newest(), store.journal.mirror_trouble()) == ((), newest, "")
    abandoned(store)


@pytest.mark.parametrize("operation", ["append", "sync"])
def test_a_medium_that_works_again_is_brought_up_to_date(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder, operation: str
) -> None:
    store = opened(tmp_path, folder, disk)
    pay(store, 1)
    store.journal.sync_mirror()
    folder.fail = operation
    pay(store, 2)
    store.journal.sync_mirror()
    store.journal.mend_mirror()
    assert store.journal.mirror_trouble() != ""
    folder.fail = None
    store.journal.mend_mirror()
    assert store.journal.mirror_trouble() == ""
    pay(store, 3)
    store.journal.sync_mirror()
    content = content_of(store)
    abandoned(store)
    disk.files[str(tmp_path / "journal.db-wal")].seen[100] ^= 1
    store = opened(tmp_path, folder, disk)
    assert (store.broken, content_of(store)) == ((), content)
    abandoned(store)


def test_a_step_that_was_not_confirmed_does_not_reach_the_second_journal(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder
) -> None:
    """So that the database may go on alone, and both still agree when the medium is back."""
    store = opened(tmp_path, folder, disk)
    pay(store, 1)
    disk.fail_sync = 0
    with pytest.raises(StoreFailed):
        store.journal.append(steps.created(2))
    store.journal.sync_mirror()
    abandoned(store)
    for name, file in disk.files.items():
        if not name.startswith("mirror/"):
            file.pending.clear()
            file.seen = bytearray(file.durable)
    folder.fail = "open"
    store = opened(tmp_path, folder, disk)
    assert store.journal.newest() == 10
    store.journal.append(steps.readings(1))
    abandoned(store)
    folder.fail = None
    store = opened(tmp_path, folder, disk)
    assert (store.broken, store.journal.newest(), store.journal.mirror_trouble()) == ((), 11, "")
    pay(store, 2)
    store.journal.sync_mirror()
    assert store.journal._check.whole_pass() == []
    assert list(differences(store.journal._database.connection, read_mirror(folder))) == []
    abandoned(store)


def test_a_second_journal_that_comes_back_with_steps_the_database_has_lost_is_a_contradiction(
    tmp_path: Path, disk: FailingDisk, folder: FailingFolder
) -> None:
    """Two faults at once: the log was damaged, and the medium of the second journal was away at the next start."""
    store = opened(tmp_path, folder, disk)
    pay(store, 1)
    store.journal.sync_mirror()
    abandoned(store)
    disk.files[str(tmp_path / "journal.db-wal")].seen[100] ^= 1
    folder.fail = "open"
    store = opened(tmp_path, folder, disk)
    store.journal.append(steps.readings(1))
    store.journal.sync_mirror()
    folder.fail = None
    held = {name: bytes(folder.content(name)) for name in folder.names()}
    assert [each.number for each in store.journal.mend_mirror()] == [9]
    assert store.journal.mend_mirror() == ()
    assert store.journal.mirror_trouble() != ""
    store.journal.append(steps.created(1))
    store.journal.sync_mirror()
    assert held == {name: bytes(folder.content(name)) for name in folder.names()}
    abandoned(store)
