"""One run: a seed decides the world, the faults, the clients and every cut; then comes the calm, in which everything
must come to its end. A run in which something is wrong ends there."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from terminal.ports.records import StoreFailed
from tests.simulation.blackouts import Blackouts
from tests.simulation.clients import Manner, come_and_go
from tests.simulation.crash import Cut
from tests.simulation.disk import SimulatedDisk
from tests.simulation.long_waits import shorten_wait, storage_is_ahead_s
from tests.simulation.loop import run_simulated
from tests.simulation.swarm import Mix, calm, disturb, draw_mix
from tests.simulation.themes import Theme
from tests.simulation.trace import Trace
from tests.simulation.world import World

CALM_LIMIT_S = 900.0
"""Virtual seconds in which everything must have come to its end."""
DRAIN_LIMIT_S = 450.0
"""Virtual seconds that the rest of it may take when no payment is open and nobody comes."""
QUIET_S = (1.0, 10.0)
"""Between two clients of the calm."""
STORM_LIMIT_S = 600.0
"""Virtual seconds that the faults last at most."""

AGAIN = 0.88
"""How likely a cut is followed by one into its recovery: seven times on average until a payment goes on undisturbed."""


WITH_THE_MIRROR = 0.1
"""Of the cuts into a recovery: the computer dies when the second journal is about to be synced."""
IN_THE_NEXT_STEP = 0.2
"""Of the cuts after a payment has moved on: the computer dies when the step after that is about to be synced."""
SOON = 120
"""Crash points after which it dies all the same."""


@dataclass(slots=True)
class Outcome:
    """What a run has shown."""

    cuts: int = 0
    points: int = 0
    violations: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    edges: Counter[str] = field(default_factory=Counter)
    payments: int = 0
    virtual_s: float = 0.0
    digest: str = ""
    trace: list[str] = field(default_factory=list)
    seed: int = 0
    """Of the batch, for a run that was drawn from one."""


@dataclass(frozen=True, slots=True)
class Script:
    """What decides a run: drawn from a seed, or written down."""

    seed: int
    cuts: tuple[Cut, ...]
    mix: Mix


def draw_script(seed: int, cuts: int, theme: Theme | None = None) -> Script:
    """The run that belongs to a seed, about anything or about a theme."""
    random = Random(seed)
    return Script(random.getrandbits(32), tuple(cuts_of(random, cuts)), draw_mix(random, theme))


def cuts_of(random: Random, cuts: int) -> Iterator[Cut]:
    """Cuts come in bursts: most often one after a payment has moved on, then some more into its recovery."""
    left = cuts
    while left > 0:
        if random.random() < IN_THE_NEXT_STEP:
            yield Cut(SOON, random.randint(1, 6), "disk-sync")
        elif random.random() < 0.85:
            yield Cut(random.choice((0, 1, 2, random.randrange(12), random.randrange(60))), random.randint(1, 6))
        else:
            yield Cut(random.randrange(400))
        left -= 1
        while left > 0 and random.random() < AGAIN:
            if random.random() < WITH_THE_MIRROR:
                yield Cut(SOON, place="mirror-sync")
            else:
                yield Cut(random.choice((random.randrange(6), random.randrange(16), random.randrange(50))))
            left -= 1


def run(script: Script, disk: SimulatedDisk, directory: Path, readable: bool = False) -> Outcome:
    """Play a script to its end."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return run_simulated(_play(script, disk, directory, Trace(readable)))


async def _play(script: Script, disk: SimulatedDisk, directory: Path, trace: Trace) -> Outcome:
    mix, random = script.mix, Random(script.seed)
    blackouts = Blackouts(fates=mix.fates)
    world = World(
        random.getrandbits(32), disk, directory, iter(script.cuts), blackouts, trace, mix.begins, mix.speed
    )
    try:
        world.begin()
        trouble = asyncio.create_task(disturb(world, mix, Random(random.getrandbits(32))))
        clients = asyncio.create_task(come_and_go(world, Random(random.getrandbits(32)), mix.manner, mix.notes))
        await _storm(world, len(script.cuts), mix.lasts_s)
        clients.cancel()
        trouble.cancel()
        calm(world)
        await _calm(world, Random(random.getrandbits(32)))
        return _outcome(world, trace)
    finally:
        await world.close()


async def _storm(world: World, cuts: int, lasts_s: float) -> None:
    """Faults until all cuts have been made and it has lasted so long, or time is up. A line that is out comes back by
    itself: what is waited for meanwhile is waited for to the end."""

    def goes_on() -> bool:
        return world.points.deaths < cuts or world.loop.time() < lasts_s or not world.acceptor_cable.is_plugged

    while goes_on() and world.loop.time() < STORM_LIMIT_S and not world.truth.violations:
        world.truth.look_at_the_time()
        await asyncio.sleep(0.5)


async def _calm(world: World, random: Random) -> None:
    """No more faults: one good client until no payment is open, and everything drains."""
    world.points.stop()
    client = asyncio.create_task(come_and_go(world, random, Manner(), pause_s=QUIET_S))
    began, truth = world.loop.time(), world.truth
    while truth.open_payments() and not truth.violations and world.loop.time() - began < CALM_LIMIT_S:
        await asyncio.sleep(1.0)
    client.cancel()
    await settle_down(world)


async def settle_down(world: World) -> None:
    """Wait until nothing moves any more, and hold the books against the world; unless something is wrong already, of
    which all else would be the consequence."""
    began = world.loop.time()
    limit = DRAIN_LIMIT_S + storage_is_ahead_s(world)
    while not world.truth.violations and (restless := world.restless()):
        shorten_wait(world)
        await asyncio.sleep(0.5)
        if world.loop.time() - began > limit:
            world.truth.broken(f"the calm does not bring everything to its end: {', '.join(restless)}")
    if world.life is not None and not world.life.dead and not world.truth.violations:
        world.points.stop()
        try:
            world.truth.settle()
        except StoreFailed as error:
            world.truth.broken(f"the journal cannot be read after the calm: {error}")


def _outcome(world: World, trace: Trace) -> Outcome:
    happened = world.happened + world.disk.happened + world.host_line.happened
    for place, count in world.points.places.items():
        happened[f"cut-at-{place}"] += count
    return Outcome(
        world.points.deaths, world.points.passed, world.truth.violations, happened, world.truth.books.edges,
        len(world.truth.books.payments), world.loop.time(), trace.digest, trace.lines,
    )
