"""The mix of faults of one run: every run draws its own, and a third of the runs lacks each kind altogether."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import time
from random import Random
from typing import TYPE_CHECKING

from simulator.line_faults import FaultKind
from tests.simulation.clients import Manner, draw_manner
from tests.simulation.disk import Fate
from tests.simulation.host_line import FAULTS
from tests.simulation.mishaps import DEVICE_MISHAPS, calm_down
from tests.simulation.world import Blackouts

if TYPE_CHECKING:
    from tests.simulation.world import World

BEGINNINGS = (time(10, 0), time(10, 0), time(20, 58, 30), time(23, 58, 30))
"""Morning, just before the day's cut-off, just before midnight."""
LINE_RATES = (0.0, 0.0, 0.0005, 0.002)
HOST_RATES = (0.0, 0.0, 0.05, 0.3)
MISHAP_PAUSES_S = (0.5, 3.0, 12.0)
SPEEDS = (1.0, 4.0, 4.0)
ABSENT = 1 / 3
SOUND = 0.15
"""Share of the runs in which nothing happens to the acceptor: only the computer dies, and the host misbehaves."""
ONLY_THE_COMPUTER = (("terminal",),)
_AT_THE_ACCEPTOR = "acceptor"


@dataclass(frozen=True, slots=True)
class Mix:
    """What may go wrong in one run."""

    begins: time = time(10, 0)
    manner: Manner = field(default_factory=Manner)
    notes: tuple[int, ...] | None = None
    """What every client has; None for something else every time."""
    acceptor_line: dict[FaultKind, float] = field(default_factory=dict)
    register_line: dict[FaultKind, float] = field(default_factory=dict)
    host: dict[str, float] = field(default_factory=dict)
    mishaps: tuple[str, ...] = ()
    mishap_pause_s: float = 3.0
    fates: tuple[Fate, ...] = tuple(Fate)
    speed: float = 1.0
    """How many times as fast as usual the devices move."""
    acceptor_is_sound: bool = False


def draw_mix(random: Random) -> Mix:
    """The swarm: kinds of faults switched on and off, each with a rate of its own."""
    mix = Mix(
        begins=random.choice(BEGINNINGS),
        manner=draw_manner(random),
        acceptor_line=_line(random),
        register_line=_line(random),
        host={name: random.choice(HOST_RATES) for name in FAULTS if random.random() > ABSENT},
        mishaps=tuple(name for name in DEVICE_MISHAPS if random.random() > ABSENT),
        mishap_pause_s=random.choice(MISHAP_PAUSES_S),
        fates=tuple(fate for fate in Fate if random.random() > ABSENT) or (Fate.LOST,),
        speed=random.choice(SPEEDS),
    )
    return _with_sound_acceptor(mix) if random.random() < SOUND else mix


def _with_sound_acceptor(mix: Mix) -> Mix:
    mishaps = tuple(name for name in mix.mishaps if not name.startswith(_AT_THE_ACCEPTOR))
    return replace(mix, acceptor_line={}, mishaps=mishaps, acceptor_is_sound=True)


def _line(random: Random) -> dict[FaultKind, float]:
    if random.random() < 0.5:
        return {}
    rates = {kind: random.choice(LINE_RATES) for kind in FaultKind if random.random() > ABSENT}
    return {kind: rate for kind, rate in rates.items() if rate}


async def disturb(world: World, mix: Mix, random: Random) -> None:
    """Let things go wrong until cancelled."""
    if mix.acceptor_is_sound:
        world.truth.evidence.acceptor_is_sound = True
        world.blackouts = Blackouts(mix.fates, ONLY_THE_COMPUTER, (1,))
    world.acceptor_faults.rates.update(mix.acceptor_line)
    world.register_faults.rates.update(mix.register_line)
    world.host_line.rates.update(mix.host)
    while mix.mishaps:
        await asyncio.sleep(random.expovariate(1.0 / mix.mishap_pause_s))
        name = random.choice(mix.mishaps)
        mishap: Callable[[World, Random], bool] = DEVICE_MISHAPS[name]
        if mishap(world, random):
            world.happened[name] += 1
            world.watch("mishap", name.encode())


def calm(world: World) -> None:
    """Everything is put right, as a technician would leave it."""
    world.acceptor_faults.rates.clear()
    world.register_faults.rates.clear()
    world.host_line.rates.clear()
    for faults in (world.acceptor_faults, world.register_faults):
        for kind, count in faults.happened.items():
            if count:
                world.happened[f"line-{kind}"] += count
    calm_down(world)
