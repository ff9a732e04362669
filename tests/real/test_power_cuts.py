"""A slice of `python -m tests.real.power_cuts`, where LazyFS is installed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from terminal.journal import settings
from tests.real.lazyfs import NoLazyFs, find_lazyfs
from tests.real.power_cuts import cut_power, forget_to_sync
from tests.real.words import Lost


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(os, "statvfs", os.statvfs)
    monkeypatch.setattr(settings, "SETTINGS", settings.SETTINGS)
    try:
        return find_lazyfs()
    except NoLazyFs as reason:
        pytest.skip(str(reason))


@pytest.fixture
def directory() -> Iterator[Path]:
    """LazyFS knows only short paths."""
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory)


@pytest.mark.system
def test_power_cuts_lose_nothing_acknowledged(directory: Path, program: Path) -> None:
    figures = cut_power(directory, program, 12, Random(3))
    assert figures.torn > 0
    assert figures.acknowledged > figures.cuts


@pytest.mark.system
def test_without_sync_the_same_cuts_lose(directory: Path, program: Path) -> None:
    """The file system under the test is able to lose."""
    forget_to_sync()
    with pytest.raises(Lost):
        cut_power(directory, program, 40, Random(3))


def test_a_machine_without_it_is_told_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAZYFS", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoLazyFs, match="not installed"):
        find_lazyfs()
