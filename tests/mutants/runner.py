"""Starts one process for each bug and gathers what they have found."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zlib import crc32

from tests.mutants.bug import Bug
from tests.mutants.finding import Finding, Limits, finding_from

ROOT = Path(__file__).parents[2]
ERROR_SHOWN = 200
"""Characters of the last line of an error."""


def seek(bug: Bug | None, seed: int, limits: Limits) -> Finding:
    """What the simulation has to say of a bug; of the product as it is, for None."""
    name = bug.name if bug else ""
    arguments = (name, str(first_seed(name, seed)), str(limits.seconds), str(limits.runs))
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants.child", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == -signal.SIGXCPU:
        return Finding("the simulation hangs", 0, limits.seconds)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Finding(f"the simulation ends: {last[:ERROR_SHOWN]}", 0, 0.0)
    return finding_from(done.stdout.strip().splitlines()[-1])


def seek_all(
    bugs: Sequence[Bug | None], seed: int, limits: Limits, jobs: int,
    told: Callable[[Bug | None, Finding], None] = lambda _bug, _finding: None,
) -> list[Finding]:
    """All findings in the order of the bugs; `told` hears of each as it comes."""

    def one(bug: Bug | None) -> Finding:
        finding = seek(bug, seed, limits)
        told(bug, finding)
        return finding

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, bugs))


def first_seed(name: str, seed: int) -> int:
    """Every bug has seeds of its own, the same in every search with the same `seed`."""
    return crc32(f"{seed} {name}".encode())
