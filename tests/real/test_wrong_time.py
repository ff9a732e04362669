"""Real processes that live in other times: each begins with the clock somewhere else and goes on with the same disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.journal.verify import verify
from tests.real.audit import audit, audit_at_rest
from tests.real.composition import place_in
from tests.real.words import Belief

TIMES = (
    "2026-03-20 12:00:00",
    "2099-12-31 23:59:59",
    "1970-01-01 00:00:01",
    "2026-02-28 23:59:59",
    "2028-02-29 23:59:59",
    "2026-12-31 23:59:59",
)
PAYMENTS = 4


@pytest.mark.system
@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is not installed")
def test_processes_of_other_times_continue_one_journal(tmp_path: Path) -> None:
    place, belief = place_in(tmp_path), Belief()
    for time in TIMES:
        command = ("faketime", time, sys.executable, "-m", "tests.real.load", str(tmp_path), str(PAYMENTS))
        environment = {**os.environ, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}
        done = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        belief.hear(done.stdout)
        audit(place, belief)
    audit_at_rest(place)
    report = verify(place.journal)
    assert report.newest_at.startswith(("2026-12-31", "2027-01-01"))
    assert report.records == belief.sequence
