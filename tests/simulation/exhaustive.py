"""`python -m tests.simulation.exhaustive`: every crash point of the reference visits, times every crash point of the
recovery, times every way in which unsynced writes can be lost."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import apsw
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from simulator.billing_host.demo_accounts import DEBTOR
from tests.simulation.batch import prepare, scratch, simulated_disk
from tests.simulation.branching import Branching
from tests.simulation.clients import Client, Manner
from tests.simulation.disk import Fate
from tests.simulation.loop import run_simulated
from tests.simulation.production import simulated
from tests.simulation.run import settle_down
from tests.simulation.trace import Trace
from tests.simulation.world import Blackouts, World

VISITS = {"one note": [500], "two notes": [100, 1000], "nothing": []}
"""Rubles that are put in during the reference visits."""
FATES = ((Fate.LOST, Fate.KEPT, Fate.SUBSET, Fate.GARBAGE), (Fate.LOST, Fate.GARBAGE))
"""What may become of unsynced writes at the first death, and at those after it."""
VISIT_LIMIT_S = 120.0
SPEED = 20.0
"""Devices move quickly, so that little of the time is waiting."""


@dataclass(slots=True)
class Tried:
    """What one reference visit has shown."""

    branches: int = 0
    by_depth: Counter[int] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.exhaustive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--depth", type=int, default=2, help="deaths in a row")
    parser.add_argument("--visit", choices=list(VISITS), action="append")
    parser.add_argument("--share", type=int, default=1, help="take every N-th first crash point only")
    options = parser.parse_args(arguments)
    console, branches, bad = Console(), 0, 0
    table = Table("visit", "branches", "with one cut", "with two cuts", "violations", "seconds")
    for name in options.visit or VISITS:
        began = time.monotonic()
        tried = explore(VISITS[name], options.depth, options.jobs, options.share, console)
        branches, bad = branches + tried.branches, bad + len(tried.violations)
        figures = (tried.branches, tried.by_depth[1], tried.by_depth[2], len(tried.violations))
        table.add_row(name, *(f"{each:,}" for each in figures), f"{time.monotonic() - began:.0f}")
        for text in tried.violations[:10]:
            console.print(text, style="red", markup=False, soft_wrap=True)
    console.print(table)
    console.print(f"branches {branches}, violations {bad}")
    return 1 if bad else 0


def explore(notes: list[int], depth: int, jobs: int, share: int = 1, console: Console | None = None) -> Tried:
    """All branches of one visit, shared out to `jobs` processes."""
    seen = scratch().with_suffix(".seen")
    seen.mkdir(parents=True)
    reading, writing = os.pipe()
    workers = []
    for worker in range(jobs):
        child = os.fork()
        if not child:
            os.close(reading)
            try:
                _work(notes, Branching(depth, FATES, worker, jobs * share, writing, seen))
            finally:
                os._exit(1)
        workers.append(child)
    os.close(writing)
    tried = _collect(reading, console or Console(quiet=True))
    for child in workers:
        _, status = os.waitpid(child, 0)
        if status:
            tried.violations.append(f"a worker has failed with status {status}")
    shutil.rmtree(seen)
    return tried


def _collect(reading: int, console: Console) -> Tried:
    tried = Tried()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with os.fdopen(reading) as lines, Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task("")
        for line in lines:
            told = json.loads(line)
            tried.branches += 1
            tried.by_depth[len(told["deaths"])] += 1
            tried.violations += [f"{' then '.join(told['deaths'])}: {each}" for each in told["violations"]]
            shown.update(task, description=f"{tried.branches:,} branches, {len(tried.violations)} violations")
    return tried


def _without_mutexes() -> None:
    """Branches are made inside calls of SQLite; a mutex of the other process would never be free again."""
    apsw.shutdown()
    apsw.config(apsw.SQLITE_CONFIG_SINGLETHREAD)
    apsw.initialize()


def _work(notes: list[int], branching: Branching) -> None:
    """The root of the tree; every branch ends its own process in here."""
    prepare()
    _without_mutexes()
    place = scratch()
    place.mkdir(parents=True, exist_ok=True)
    with simulated(simulated_disk()):
        branching.tell(run_simulated(_visit(notes, branching, place)))
    shutil.rmtree(branching.directory, ignore_errors=True)
    os._exit(0)


async def _visit(notes: list[int], branching: Branching, directory: Path) -> list[str]:
    """One client who pays, and stays until the money is where it belongs."""
    world = World(
        1, simulated_disk(), directory, iter(()), Blackouts(FATES[0]), Trace(), speed=SPEED, branching=branching
    )
    branching.quiet = True
    world.begin()
    while not (world.page and world.page.button("pay")):
        await asyncio.sleep(0.1)
    branching.quiet = False
    client = Client(world, Random(1), Manner())
    client.account, client.notes = DEBTOR, list(notes)
    await client.visit()
    branching.quiet = False
    await settle_down(world)
    await world.close()
    return world.truth.violations


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
