"""The planted bugs stand where they should, and the simulation finds a sample of them and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.mutants.bug import Bug, Edit
from tests.mutants.catalogue import BUGS, EQUIVALENT, bug_named
from tests.mutants.finding import Finding, Limits, finding_from
from tests.mutants.planting import NotPlanted, plant, replaced
from tests.mutants.runner import ROOT, first_seed, seek_all

SAMPLE = (
    "sync-normal", "credit-in-escrow", "page-counts-the-note-in-escrow", "boot-does-not-void",
    "receipt-over-the-due-amount", "account-in-the-record",
)
"""One of each area, found within a few runs."""
SAMPLE_RUNS = 8
FIRST = BUGS[0]


def test_names_are_unique_and_the_equivalent_ones_exist() -> None:
    names = [bug.name for bug in BUGS]
    assert len(names) == len(set(names))
    assert len(names) - len(EQUIVALENT) >= 60
    assert set(names) >= EQUIVALENT
    proofs = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in proofs for name in EQUIVALENT)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_every_bug_stands_in_the_source_exactly_once(bug: Bug) -> None:
    edits: dict[str, list[Edit]] = defaultdict(list)
    for edit in bug.edits:
        assert edit.before != edit.after
        edits[edit.file].append(edit)
    for file, of_file in edits.items():
        text = replaced((ROOT / file).read_text(encoding="utf-8"), of_file)
        compile(text, file, "exec")


def test_no_bug_names_what_there_is_not(tmp_path: Path) -> None:
    """It would be found by the crash, and not by what it does to the money."""
    for bug in BUGS:
        edits: dict[str, list[Edit]] = defaultdict(list)
        for edit in bug.edits:
            edits[edit.file].append(edit)
        for number, (file, of_file) in enumerate(edits.items()):
            text = replaced((ROOT / file).read_text(encoding="utf-8"), of_file)
            (tmp_path / f"{bug.name}_{number}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", "--select", "F821,F823", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_text_that_has_moved_on_is_not_planted() -> None:
    with pytest.raises(NotPlanted, match="0 times"):
        replaced("nothing of it", [Edit(FIRST.file, FIRST.before, FIRST.after)])
    with pytest.raises(NotPlanted, match="2 times"):
        replaced(FIRST.before * 2, [Edit(FIRST.file, FIRST.before, FIRST.after)])


def test_a_module_that_is_imported_already_is_not_changed() -> None:
    with pytest.raises(NotPlanted, match="imported already"):
        plant(Bug("late", "It comes too late.", "tests/mutants/bug.py", "Bug", "Gub"))


def test_a_finding_crosses_to_the_other_process() -> None:
    finding = Finding("1 note", 3, 1.5, 42)
    assert finding_from(finding.line()) == finding


def test_seeds_differ_between_bugs_and_not_between_searches() -> None:
    seeds = {first_seed(bug.name, 1) for bug in BUGS}
    assert len(seeds) == len(BUGS)
    assert first_seed("sync-off", 1) == first_seed("sync-off", 1) != first_seed("sync-off", 2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_sample_is_found_and_the_product_as_it_is_shows_nothing() -> None:
    limits = Limits(seconds=60.0, runs=SAMPLE_RUNS)
    planted = [bug_named(name) for name in SAMPLE]
    control, *found = seek_all([None, *planted], 1, limits, jobs=2)  # the longest first, beside all others
    assert len(found) == len(planted)
    assert [each.text for each in found if not each.text] == []
    assert (control.text, control.runs) == ("", SAMPLE_RUNS)
