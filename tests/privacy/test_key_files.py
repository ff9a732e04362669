"""Key files that are missing, damaged or another terminal's: a plain refusal, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from terminal.bootstrap import open_vault
from terminal.early_start import CannotStart
from terminal.journal.opening import OpenedJournal
from terminal.journal.vault import RING_NAME, FileVault
from terminal.ports.records import Step
from tests.journal import steps

ROOT = "vault.key"


def journal_with(directory: Path, given: list[Step]) -> OpenedJournal:
    opened = steps.opened(directory)
    for step in given:
        opened.journal.append(step)
    return opened


@pytest.mark.parametrize("lost", [ROOT, RING_NAME])
@pytest.mark.parametrize("needed", [steps.tender(1), [steps.readings(1)]])
def test_keys_that_something_unfinished_needs_are_never_made_anew(
    tmp_path: Path, needed: list[Step], lost: str
) -> None:
    FileVault(tmp_path / ROOT)
    opened = journal_with(tmp_path, needed)
    (tmp_path / lost).rename(tmp_path / "elsewhere")
    with pytest.raises(CannotStart, match=f"{lost}.*верните файл"):
        open_vault(tmp_path / ROOT, opened)
    assert not (tmp_path / lost).exists()
    (tmp_path / "elsewhere").rename(tmp_path / lost)
    assert open_vault(tmp_path / ROOT, opened).epoch == 1
    opened.journal.close()


def test_with_everything_done_the_terminal_starts_without_its_old_keys(tmp_path: Path) -> None:
    FileVault(tmp_path / ROOT)
    opened = journal_with(tmp_path, steps.whole_payment(1))
    (tmp_path / ROOT).unlink()
    with pytest.raises(CannotStart, match="is missing"):
        open_vault(tmp_path / ROOT, opened)
    (tmp_path / RING_NAME).unlink()
    assert open_vault(tmp_path / ROOT, opened).epoch == 1
    opened.journal.close()


def test_the_keys_of_another_terminal_are_refused_and_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    FileVault(foreign / ROOT)
    FileVault(tmp_path / ROOT)
    opened = journal_with(tmp_path, steps.tender(1))
    shutil.copy(foreign / ROOT, tmp_path / ROOT)
    before = (tmp_path / RING_NAME).read_bytes()
    with pytest.raises(CannotStart, match="another terminal's"):
        open_vault(tmp_path / ROOT, opened)
    assert (tmp_path / RING_NAME).read_bytes() == before
    assert (tmp_path / ROOT).read_bytes() == (foreign / ROOT).read_bytes()
    opened.journal.close()
