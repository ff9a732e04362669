"""A slice of the simulation: seeds that once went wrong, some that nobody has tried, and the same seed twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from random import SystemRandom
from unittest.mock import patch

import pytest

from terminal.service.credit_memory import CreditMemory
from tests.simulation import replay
from tests.simulation.batch import play_batch, play_one
from tests.simulation.shrinking import smallest

FRESH_RUNS = 12
REPLAYED = (1, 2, 3)
ONCE_WRONG = json.loads(Path(__file__).with_name("once_wrong.json").read_text(encoding="utf-8"))
JOBS = os.cpu_count() or 1


@pytest.mark.slow
def test_seeds_that_once_went_wrong() -> None:
    found = play_batch(iter(int(each) for each in ONCE_WRONG), JOBS)
    assert found.runs == len(ONCE_WRONG)
    assert found.failures == []


@pytest.mark.slow
def test_fresh_seeds() -> None:
    """Other ones every time; a failure names its seed."""
    first = SystemRandom().randrange(10**6, 10**9)
    found = play_batch(iter(range(first, first + FRESH_RUNS)), JOBS)
    assert found.cuts > FRESH_RUNS * 20
    assert found.failures == [], f"python -m tests.simulation --one --seed {found.failures[0][0]}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", REPLAYED)
def test_the_same_seed_is_the_same_run(seed: int) -> None:
    first, second = play_one(seed, cuts=30), play_one(seed, cuts=30)
    assert first.points > 500
    assert (first.digest, first.points, first.cuts) == (second.digest, second.points, second.cuts)
    assert play_one(seed + 100, cuts=30).digest != first.digest


@pytest.mark.slow
def test_seeds_are_the_same_runs_whatever_strings_hash_to() -> None:
    assert replay.main(["--runs", "8", "--seed", "5004", "--cuts", "60"]) == 0


@pytest.mark.slow
def test_every_death_of_a_visit_by_samples() -> None:
    command = [sys.executable, "-m", "tests.simulation.exhaustive", "--visit", "nothing", "--depth", "1"]
    done = subprocess.run([*command, "--share", "1/8"], capture_output=True, text=True, timeout=300, check=False)
    told = re.search(r"first cuts (\d+), pairs 0, violations 0", done.stdout)
    assert told, done.stdout[-2000:] + done.stderr[-2000:]
    assert int(told[1]) > 10  # some forty; which states fall to a part depends on the version of Python


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_planted_bug_is_found_and_made_small() -> None:
    """The acceptor that repeats an event it was not thanked for is believed twice."""
    with patch.object(CreditMemory, "is_repeat", lambda *_args, **_kwargs: False):
        script = smallest(400)
    assert script is not None
    assert script.mix.notes is not None
    assert len(script.cuts) <= 2
    assert len(script.mix.notes) <= 3
