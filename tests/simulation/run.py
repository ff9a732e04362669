"""One run: a seed decides the world, the faults, the clients and every cut; then comes the calm, in which everything
must come to its end."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.simulation.clients import Manner, come_and_go
from tests.simulation.crash import Cut
from tests.simulation.disk import SimulatedDisk
from tests.simulation.loop import run_simulated
from tests.simulation.swarm import calm, disturb, draw_mix
from tests.simulation.trace import Trace
from tests.simulation.world import Blackouts, World

CALM_LIMIT_S = 900.0
"""Virtual seconds in which everything must have come to its end."""
STORM_LIMIT_S = 600.0
"""Virtual seconds that the faults last at most."""


@dataclass(slots=True)
class Outcome:
    """What a run has shown."""

    seed: int
    cuts: int = 0
    points: int = 0
    violations: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    edges: Counter[str] = field(default_factory=Counter)
    payments: int = 0
    virtual_s: float = 0.0
    digest: str = ""
    trace: list[str] = field(default_factory=list)


def cuts_of(random: Random, cuts: int) -> Iterator[Cut]:
    """Most cuts come in bursts: one after a payment has moved on, then some more into its recovery."""
    left = cuts
    while left > 0:
        if random.random() < 0.85:
            yield Cut(random.choice((0, 1, 2, random.randrange(12), random.randrange(60))), random.randint(1, 6))
        else:
            yield Cut(random.randrange(400))
        left -= 1
        while left > 0 and random.random() < 0.8:
            yield Cut(random.choice((random.randrange(6), random.randrange(16), random.randrange(50))))
            left -= 1


def run(seed: int, disk: SimulatedDisk, directory: Path, cuts: int, readable: bool = False) -> Outcome:
    """Play one seed to its end."""
    random = Random(seed)
    plan = cuts_of(Random(random.getrandbits(32)), cuts)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    trace = Trace(readable)
    return run_simulated(_play(seed, random, disk, directory, plan, cuts, trace))


async def _play(
    seed: int, random: Random, disk: SimulatedDisk, directory: Path, plan: Iterator[Cut], cuts: int, trace: Trace
) -> Outcome:
    mix = draw_mix(random)
    blackouts = Blackouts(fates=mix.fates)
    world = World(random.getrandbits(32), disk, directory, plan, blackouts, trace, mix.begins, mix.speed)
    try:
        world.begin()
        trouble = asyncio.create_task(disturb(world, mix, Random(random.getrandbits(32))))
        clients = asyncio.create_task(come_and_go(world, Random(random.getrandbits(32)), mix.manner))
        await _storm(world, cuts)
        clients.cancel()
        trouble.cancel()
        calm(world)
        await _calm(world, Random(random.getrandbits(32)))
        return _outcome(seed, world, trace)
    finally:
        await world.close()


async def _storm(world: World, cuts: int) -> None:
    """Faults until all cuts have been made, or time is up."""
    while world.points.deaths < cuts and world.loop.time() < STORM_LIMIT_S:
        await asyncio.sleep(0.5)


async def _calm(world: World, random: Random) -> None:
    """No more faults: one good client until no payment is open, and everything drains."""
    world.points.stop()
    client = asyncio.create_task(come_and_go(world, random, Manner()))
    began = world.loop.time()
    while world.truth.open_payments() and world.loop.time() - began < CALM_LIMIT_S:
        await asyncio.sleep(1.0)
    client.cancel()
    await settle_down(world)


async def settle_down(world: World) -> None:
    """Wait until nothing moves any more, and hold the books against the world."""
    began = world.loop.time()
    while restless := world.restless():
        await asyncio.sleep(0.5)
        if world.loop.time() - began > CALM_LIMIT_S:
            world.truth.broken(f"the calm does not bring everything to its end: {', '.join(restless)}")
            break
    if world.life is not None and not world.life.dead:
        world.points.stop()
        world.truth.settle()


def _outcome(seed: int, world: World, trace: Trace) -> Outcome:
    happened = world.happened + world.disk.happened + world.host_line.happened
    for place, count in world.points.places.items():
        happened[f"cut-at-{place}"] += count
    return Outcome(
        seed, world.points.deaths, world.points.passed, world.truth.violations, happened, world.truth.books.edges,
        len(world.truth.books.payments), world.loop.time(), trace.digest, trace.lines,
    )
