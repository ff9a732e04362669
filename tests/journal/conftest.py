"""A disk that fails and the second journal's files on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal.journal import settings
from tests.journal.append_disk import FailingFolder
from tests.journal.failing_disk import FailingDisk


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingDisk]:
    monkeypatch.setattr(settings, "GROWN_WAL_BYTES", 100_000)
    disk = FailingDisk("failing-disk-with-mirror")
    yield disk
    disk.unregister()


@pytest.fixture
def folder(disk: FailingDisk) -> FailingFolder:
    return FailingFolder(disk)
