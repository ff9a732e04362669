"""Many runs: seeds dealt out to worker processes, their findings put together."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path

import apsw

from tests.simulation.disk import SimulatedDisk
from tests.simulation.production import simulated
from tests.simulation.run import Outcome, Script, draw_script, run
from tests.simulation.themes import Theme

CUTS_IN_RUN = 250
FAILURES_KEPT = 50
"""Failing seeds that are told one by one."""
GARBAGE_AFTER = 50_000
"""Objects between two collections: a run makes many, and few circles."""
SHARED_MEMORY = Path("/dev/shm")


@dataclass(slots=True)
class Findings:
    """What a batch has shown."""

    runs: int = 0
    cuts: int = 0
    points: int = 0
    payments: int = 0
    virtual_s: float = 0.0
    seconds: float = 0.0
    violations: int = 0
    failures: list[tuple[int, list[str]]] = field(default_factory=list)
    """Seeds with what they have shown."""
    happened: Counter[str] = field(default_factory=Counter)
    edges: Counter[str] = field(default_factory=Counter)
    digests: dict[int, str] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        self.runs += 1
        self.cuts += outcome.cuts
        self.points += outcome.points
        self.payments += outcome.payments
        self.virtual_s += outcome.virtual_s
        self.happened += outcome.happened
        self.edges += outcome.edges
        self.digests[outcome.seed] = outcome.digest
        if outcome.violations:
            self.violations += len(outcome.violations)
            if len(self.failures) < FAILURES_KEPT:
                self.failures.append((outcome.seed, outcome.violations))

    @property
    def digest(self) -> str:
        """Of all traces, in the order of their seeds."""
        whole = blake2b(digest_size=8)
        for seed in sorted(self.digests):
            whole.update(f"{seed} {self.digests[seed]}\n".encode())
        return whole.hexdigest()


def seeds_of(seed: int, cuts: int, cuts_in_run: int = CUTS_IN_RUN) -> Iterator[int]:
    """The seeds of a batch: as many runs as `cuts` need if each makes all of its cuts."""
    return iter(range(seed, seed + -(-cuts // cuts_in_run)))


def play_batch(
    seeds: Iterator[int], jobs: int, told: Callable[[Findings], None] = lambda _found: None, cuts: int = CUTS_IN_RUN
) -> Findings:
    """Play all seeds in `jobs` processes; `told` hears of the progress after every run."""
    findings = Findings()
    began = time.monotonic()
    context = multiprocessing.get_context("fork")
    with context.Pool(jobs, initializer=prepare) as pool:
        for outcome in pool.imap_unordered(partial(play_one, cuts=cuts), seeds):
            findings.add(outcome)
            findings.seconds = time.monotonic() - began
            told(findings)
    return findings


def play_one(
    seed: int, cuts: int = CUTS_IN_RUN, readable: bool = False, theme: Theme | None = None
) -> Outcome:
    """One run in a process of its own memory and directory."""
    place = scratch()
    try:
        with simulated(simulated_disk()):
            outcome = run(draw_script(seed, cuts, theme), simulated_disk(), place, readable)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    outcome.seed = seed
    return outcome


def play_script(script: Script) -> Outcome:
    """A run that was written down."""
    place = scratch()
    try:
        with simulated(simulated_disk()):
            return run(script, simulated_disk(), place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def scratch() -> Path:
    """Where the files of this process's terminal lie: in memory, where there is such a place."""
    above = SHARED_MEMORY if SHARED_MEMORY.is_dir() else Path(tempfile.gettempdir())
    return above / f"terminal-simulation-{os.getuid()}-{os.getpid()}"


_DISKS: list[SimulatedDisk] = []


def simulated_disk() -> SimulatedDisk:
    """The one simulated disk of this process: SQLite knows it by name."""
    if not _DISKS:
        _DISKS.append(SimulatedDisk("simulated"))
    return _DISKS[0]


def prepare() -> None:
    """Make this process fit for many runs."""
    sys.unraisablehook = _unless_dead
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    logging.disable(logging.CRITICAL)
    _DISKS.clear()


def _unless_dead(told: sys.UnraisableHookArgs) -> None:
    """SQLite lets go of the files of a process that is dead; that they say so concerns nobody."""
    if not isinstance(told.exc_value, apsw.IOError):
        sys.__unraisablehook__(told)
