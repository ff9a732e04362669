"""What a power cut has left of a commit in the log never becomes part of a later one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.journal import database
from terminal.journal.opening import OpenedJournal
from terminal.ports.records import Step, StoreFailed
from tests.journal import steps
from tests.journal.failing_disk import FailingDisk
from tests.journal.steps import opened
from tests.support.disk_in_memory import PendingFile, apply

SALTS = slice(16, 24)
"""Of the log's header (sqlite.org/fileformat2.html#walformat)."""
HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24
FRAME_BYTES = FRAME_HEADER_BYTES + 4096


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingDisk]:
    """The log has its size already, as after the first start."""
    monkeypatch.setattr(database, "GROWTH_NEEDS_BYTES", sys.maxsize)
    disk = FailingDisk("torn-disk")
    yield disk
    disk.unregister()


def test_the_last_pages_of_a_commit_that_was_cut_off_fit_behind_no_later_one(tmp_path: Path, disk: FailingDisk) -> None:
    first, torn = steps.whole_payment(1)[:2]
    store = opened(tmp_path, disk.name)
    store.journal.append(first)
    store.journal.close()
    store = opened(tmp_path, disk.name)
    log = disk.files[str(tmp_path / "journal.db-wal")]
    left = _lose_the_first_page_of(torn, store, disk, log)
    salts = bytes(log.seen[SALTS])
    assert salts in left, "pages of the torn commit lie behind the header they belong to"
    store = opened(tmp_path, disk.name)
    assert store.journal.newest() == 1
    store.journal.append(torn)
    assert bytes(log.seen[SALTS]) != salts
    store.journal.close()


def _lose_the_first_page_of(step: Step, store: OpenedJournal, disk: FailingDisk, log: PendingFile) -> set[bytes]:
    """The power goes while a commit is being synced: of its pages all but the first have reached the disk. Returns
    the salts of those."""
    disk.fail_sync = 1  # the one before it is that of the log's header
    with pytest.raises(StoreFailed):
        store.journal.append(step)
    kept = [each for each in log.pending if not isinstance(each, int) and each[0] >= HEADER_BYTES + FRAME_BYTES]
    store.journal._database._failed = True
    store.journal.close()
    for each in disk.files.values():
        for write in kept if each is log else []:
            apply(each.durable, write)
        each.show_the_platter()
    return {data[8:16] for _, data in kept if len(data) == FRAME_HEADER_BYTES}
