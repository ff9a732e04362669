"""The mix of faults of one run: every run draws its own, and a third of the runs lacks each kind altogether."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import time
from random import Random
from typing import TYPE_CHECKING, assert_never

from simulator.line_faults import FaultKind
from tests.simulation.blackouts import Blackouts
from tests.simulation.clients import Manner, draw_manner
from tests.simulation.disk import Fate
from tests.simulation.host_line import FAULTS
from tests.simulation.mishaps import DEVICE_MISHAPS, calm_down
from tests.simulation.slot_strikes import AT_THE_SLOT
from tests.simulation.strikes import AT_THE_HOST, AT_THE_REGISTER, Striker, Strikes
from tests.simulation.themes import Theme

if TYPE_CHECKING:
    from tests.simulation.world import World

BEGINNINGS = (time(10, 0), time(10, 0), time(20, 58, 30), time(23, 58, 30))
"""Morning, just before the day's cut-off, just before midnight."""
LINE_RATES = (0.0, 0.0, 0.0005, 0.002)
HOST_RATES = (0.0, 0.0, 0.05, 0.3)
MISHAP_PAUSES_S = (0.5, 3.0, 12.0)
SPEEDS = (1.0, 4.0, 4.0)
ABSENT = 1 / 3
STRIKES = (0.2, 0.5, 0.8)
LASTS_S = (120.0, 240.0)
"""Virtual seconds that the trouble of a run with strikes lasts at least, so that clients come and pay."""
FIXED_NOTES = ((100,), (500, 500), (100, 100, 100))
"""What all clients of a run bring, now and then: payments that look alike."""
ONLY_THE_COMPUTER = (("terminal",),)
_AT_THE_ACCEPTOR = "acceptor"


THEME_WEIGHTS = {
    Theme.ANYTHING: 0.4, Theme.SLOT: 0.2, Theme.REGISTER: 0.15, Theme.HOST: 0.1, Theme.SOUND_ACCEPTOR: 0.15,
}


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
    strikes: tuple[Strikes, ...] = ()
    lasts_s: float = 0.0
    """Virtual seconds of trouble at least, when all cuts have been made before."""


def draw_mix(random: Random, theme: Theme | None = None) -> Mix:
    """The swarm: kinds of faults switched on and off, each with a rate of its own. None for any theme."""
    drawn = random.choices(list(THEME_WEIGHTS), list(THEME_WEIGHTS.values()))[0]
    return _about(theme or drawn, _anything(random), random)


def _about(theme: Theme, mix: Mix, random: Random) -> Mix:
    """The mix with what belongs to a theme put in, and most of what does not left out."""
    share, lasts_s = random.choice(STRIKES), random.choice(LASTS_S)
    notes = random.choice((None, *FIXED_NOTES))
    manner = random.choice((mix.manner, Manner()))
    patient = replace(mix.manner, waits_for_the_note=random.random() < 0.5)
    struck = replace(mix, lasts_s=lasts_s, mishap_pause_s=12.0, manner=manner)
    match theme:
        case Theme.ANYTHING:
            return mix
        case Theme.SOUND_ACCEPTOR:
            return _with_sound_acceptor(replace(mix, lasts_s=lasts_s))
        case Theme.SLOT:
            only = _only(struck, "acceptor")
            return replace(only, strikes=(Strikes(AT_THE_SLOT, share),), manner=patient)
        case Theme.REGISTER:
            return replace(_only(struck, "register"), strikes=(Strikes(AT_THE_REGISTER, share),), notes=notes)
        case Theme.HOST:
            return replace(_only(struck, "host"), strikes=(Strikes(AT_THE_HOST, share),))
        case _:
            assert_never(theme)


def _only(mix: Mix, device: str) -> Mix:
    """Nothing but what happens to one device, and to the computer; its line is as quiet as the others', so that the
    strikes come where they should."""
    mishaps = tuple(name for name in mix.mishaps if name.startswith(device))
    return replace(mix, mishaps=mishaps, acceptor_line={}, register_line={}, host={})


def _anything(random: Random) -> Mix:
    return Mix(
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
    if mix.strikes:
        world.moment = Striker(world, mix.strikes, Random(random.getrandbits(32))).at
    while mix.mishaps:
        await asyncio.sleep(random.expovariate(1.0 / mix.mishap_pause_s))
        name = random.choice(mix.mishaps)
        mishap: Callable[[World, Random], bool] = DEVICE_MISHAPS[name]
        if mishap(world, random):
            world.happened[name] += 1
            world.watch("mishap", name.encode())


def calm(world: World) -> None:
    """Everything is put right, as a technician would leave it."""
    world.moment = lambda _name: None
    world.acceptor_faults.rates.clear()
    world.register_faults.rates.clear()
    world.host_line.rates.clear()
    for faults in (world.acceptor_faults, world.register_faults):
        for kind, count in faults.happened.items():
            if count:
                world.happened[f"line-{kind}"] += count
    calm_down(world)
