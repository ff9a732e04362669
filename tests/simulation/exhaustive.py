"""`python -m tests.simulation.exhaustive`: every crash point of the reference visits, times every crash point of the
recovery, times every way in which unsynced writes can be lost."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

import apsw
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.simulation.batch import prepare, scratch, simulated_disk
from tests.simulation.blackouts import Blackouts
from tests.simulation.branching import TEARS, Branching, Job
from tests.simulation.joining import Claims, SeededSystem
from tests.simulation.loop import run_simulated
from tests.simulation.person import Person
from tests.simulation.production import simulated
from tests.simulation.run import CALM_LIMIT_S, settle_down
from tests.simulation.stretches import Stretches
from tests.simulation.trace import Trace
from tests.simulation.world import World

VISITS = {"one note": [500], "two notes": [100, 1000], "nothing": []}
"""Rubles that are put in during the reference visits."""
SPEED = 20.0
"""Devices move quickly, so that little of the time is waiting."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.exhaustive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--depth", type=int, default=2, choices=(1, 2), help="deaths in a row")
    parser.add_argument("--visit", choices=list(VISITS), action="append")
    parser.add_argument("--share", default="1/1", metavar="K/N", help="only the K-th of N parts")
    options = parser.parse_args(arguments)
    share, shares = (int(each) for each in options.share.split("/"))
    console, first_cuts, pairs, bad = Console(), 0, 0, 0
    table = Table("visit", "first cuts", "states after", "pairs of cuts", "played", "joined", "violations", "seconds")
    for name in options.visit or VISITS:
        began = time.monotonic()
        found = explore(VISITS[name], options.depth, options.jobs, (share - 1, shares), console)
        first_cuts, pairs = first_cuts + found.first_cuts, pairs + found.pairs
        bad += len(found.violations)
        figures = (found.first_cuts, found.states, found.pairs, found.played, found.joined, len(found.violations))
        table.add_row(name, *(f"{each:,}" for each in figures), f"{time.monotonic() - began:.0f}")
        for text in found.violations[:10]:
            console.print(text, style="red", markup=False, soft_wrap=True)
    console.print(table)
    console.print(f"first cuts {first_cuts}, pairs {pairs}, violations {bad}")
    return 1 if bad else 0


def explore(
    notes: list[int], depth: int, jobs: int, share: tuple[int, int] = (0, 1), console: Console | None = None
) -> Stretches:
    """All branches of one visit. Every one of `jobs` processes goes through the visit and takes what is not taken."""
    folder = scratch().with_suffix(".claims")
    folder.mkdir(parents=True)
    reading, writing = os.pipe()
    workers = []
    for worker in range(jobs):
        child = os.fork()
        if not child:
            os.close(reading)
            try:
                _work(notes, Branching(Job(depth, worker, *share), writing, Claims(folder)))
            finally:
                os._exit(1)
        workers.append(child)
    os.close(writing)
    found = _collect(reading, console or Console(quiet=True))
    for child in workers:
        _, status = os.waitpid(child, 0)
        if status:
            found.violations.append(f"a worker has failed with status {status}")
    shutil.rmtree(folder)
    found.close()
    return found


def _collect(reading: int, console: Console) -> Stretches:
    found = Stretches()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with os.fdopen(reading) as lines, Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task("")
        for line in lines:
            found.hear(json.loads(line))
            shown.update(task, description=found.progress)
    return found


def _without_mutexes() -> None:
    """Branches are made inside calls of SQLite; a mutex of the other process would never be free again."""
    apsw.shutdown()
    apsw.config(apsw.SQLITE_CONFIG_SINGLETHREAD)
    apsw.initialize()


def _work(notes: list[int], branching: Branching) -> None:
    """The root of the tree; every branch ends its own process in here."""
    try:
        _play(notes, branching)
    except BaseException:
        branching.give_up()
        traceback.print_exc()
        raise


def _play(notes: list[int], branching: Branching) -> None:
    prepare()
    _without_mutexes()
    branching.system = SeededSystem()
    place = scratch()
    place.mkdir(parents=True, exist_ok=True)
    with simulated(simulated_disk()):
        run_simulated(_visit(notes, branching, place))


async def _visit(notes: list[int], branching: Branching, directory: Path) -> None:
    """One client who pays, and stays until the money is where it belongs."""
    world = World(1, simulated_disk(), directory, iter(()), Blackouts(TEARS), Trace(), speed=SPEED, branching=branching)
    person = branching.person = Person(world, notes)
    world.begin()
    while not (world.page and world.page.button("pay")):
        await person.pause()
    branching.quiet = False
    await person.visit()
    await _calm(world, person)
    await world.close()
    branching.end()


async def _calm(world: World, person: Person) -> None:
    """Wait until nothing moves; `settle_down` looks at everything."""
    began = world.loop.time()
    while world.restless() and world.loop.time() - began < CALM_LIMIT_S:
        await person.pause()
    await settle_down(world)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
