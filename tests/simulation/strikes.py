"""Trouble that strikes at the moment at which it matters: a note has been ordered in, is missed or was given back, a
document is about to be formed or has just come into being, a payment has been funded.

What happens at such moments is drawn as in the field: hands in the path, jams, power and lines that go, answers that
are wrong or never come, a host that is away for long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from simulator.fiscal_register.device import START_S
from tests.simulation.host_line import PAYMENTS
from tests.simulation.mishaps import DEVICE_MISHAPS, Mishap, usual
from tests.simulation.moments import ACCEPTED, AGAIN, ASKED_FOR, FUNDED, REGISTERED, WITHIN_S
from tests.simulation.slot_strikes import AT_THE_SLOT
from tests.simulation.world import FORMED

if TYPE_CHECKING:
    from tests.simulation.world import World

HOST_AWAY_S = (8.0, 90.0)
LATE_S = (30.0, 90.0)
RECEIPT_S = (20.0, 60.0)
RECEIPT_POINTS = 1500
"""Seconds and crash points in which a receipt is formed, as a rule."""
UNCOPIED_POINTS = 40
"""Crash points between a step and an idle moment."""
FORMED_LATE_S = (0.2, 1.7)
"""Less than lies between two looks at a register that seems to be at rest."""
OUTAGE_S = (4.0, 25.0)
"""Longer than the driver of the register asks again by itself."""
WRONG_REFUSALS = (0x33, 0x45, 0x50, 0x58, 0x73, 0x0A, 0x30, 0x01)


def _lose_register(world: World, random: Random) -> bool:
    """The line to the register is out, for longer than a request is asked again."""
    world.register_cable.unplug()
    world.loop.call_later(random.uniform(*random.choice(((0.1, 2.0), OUTAGE_S))), world.register_cable.plug)
    return True


def _restart_register(world: World, random: Random) -> bool:
    world.register.cut_power()
    world.loop.call_later(random.uniform(*random.choice(((0.1, 2.0), OUTAGE_S))), world.register.power_on)
    return True


def _silence_register(world: World, random: Random) -> bool:
    """It takes requests and answers none, until somebody switches it off and on."""
    settings = world.register.machine.settings
    settings.silent = True

    def again() -> None:
        settings.silent = False
        _restart_register(world, random)

    world.loop.call_later(random.uniform(*OUTAGE_S), again)
    return True


def _silence_storage(world: World, random: Random) -> bool:
    settings = world.register.machine.settings
    settings.storage_silent = True
    world.loop.call_later(random.uniform(*OUTAGE_S), lambda: setattr(settings, "storage_silent", False))
    return True


def _refuse_formed(world: World, random: Random) -> bool:
    world.register.machine.settings.refuse_formed = random.choice(WRONG_REFUSALS)
    return True


def _form_late(world: World, random: Random) -> bool:
    """It refuses, and forms the document all the same a moment later."""
    world.register.machine.settings.formed_late_s = random.uniform(*FORMED_LATE_S)
    return _refuse_formed(world, random)


def _lose_paper_twice(world: World, random: Random) -> bool:
    """Its power goes while the receipt comes out, and when the copy comes out, line, paper or power go once more."""
    again = random.choice((_lose_register, _restart_register, DEVICE_MISHAPS["register-paper"]))
    world.register.cut_power()
    dark_s = random.uniform(0.05, 0.5)
    world.loop.call_later(dark_s, world.register.power_on)
    world.loop.call_later(dark_s + START_S + random.uniform(0.0, 2.5), again, world, random)
    return True


def _answer_half(world: World, _random: Random) -> bool:
    world.register.machine.settings.half_answer = True
    return True


def _form_nothing(world: World, random: Random) -> bool:
    """It answers with success and forms nothing, for a while."""
    settings = world.register.machine.settings
    settings.no_growth = True
    world.loop.call_later(random.uniform(0.5, 3.0), lambda: setattr(settings, "no_growth", False))
    return True


def _host_leaves(world: World, random: Random) -> bool:
    world.host_line.reachable = False
    world.loop.call_later(random.uniform(*HOST_AWAY_S), lambda: setattr(world.host_line, "reachable", True))
    return True


def _host_turns_away(world: World, random: Random) -> bool:
    """Out of reach while the receipt is made in peace, and then it refuses for as long as it takes to ask again."""
    line, behaviours = world.host_line, world.host.behaviours
    refuses_s = random.uniform(*LATE_S)

    def turn() -> None:
        if line.is_gone:
            line.is_gone = False
            behaviours.put("refusing", "closed")
            world.loop.call_later(refuses_s, behaviours.calm)

    line.is_gone = True
    world.points.rest(RECEIPT_POINTS)
    world.loop.call_later(random.uniform(*RECEIPT_S), turn)
    return True


def _host_is_late(world: World, random: Random) -> bool:
    """It finds accounts and is too slow with payments, so that these gather; what comes is the answer to others."""
    world.host_line.late_with = PAYMENTS
    world.loop.call_later(random.uniform(*LATE_S), lambda: setattr(world.host_line, "late_with", frozenset()))
    return True


def _host_is_lossy(world: World, random: Random) -> bool:
    """It acts, and its answers are lost, or those of other requests arrive, again and again."""
    rates, name = world.host_line.rates, random.choice(("lose-reply", "other-reply", "lose-request"))
    before = rates.get(name, 0.0)
    rates[name] = 0.8
    world.loop.call_later(random.uniform(*HOST_AWAY_S), lambda: rates.update({name: before}))
    return True


def _power_goes(world: World, random: Random) -> bool:
    """Before the database's log is copied: the end of an outbox row is in the log and in the second journal only."""
    world.points.hurry(random.randrange(UNCOPIED_POINTS), RECEIPT_POINTS)
    return True


AT_THE_REGISTER: Mapping[str, tuple[Mishap, ...]] = {
    ASKED_FOR: (
        _refuse_formed, _form_late, _form_late, _answer_half, _form_nothing, _lose_register, _restart_register,
        _silence_storage,
        *usual("register-trap", "register-refuses", "register-paper", "register-cover"),
    ),
    REGISTERED: (_lose_paper_twice,),
    FORMED: (_lose_register, _lose_register, _restart_register, _silence_register, _silence_storage),
}
AT_THE_HOST: Mapping[str, tuple[Mishap, ...]] = {
    FUNDED: (
        _host_leaves, _host_leaves, _host_is_lossy, *[_host_is_late] * 5, *[_host_turns_away] * 4,
        *usual("host-away", "host-refuses", "host-turns"),
    ),
    ACCEPTED: (_power_goes,),
}


STRUCK_AT = tuple({moment: None for each in (AT_THE_SLOT, AT_THE_REGISTER, AT_THE_HOST) for moment in each})
"""At all of which trouble must have struck in a batch of some size."""


@dataclass(frozen=True, slots=True)
class Strikes:
    """Where trouble strikes in a run, and at which share of the moments."""

    what: Mapping[str, tuple[Mishap, ...]]
    share: float


class Striker:
    """Made for one run; `at` is told of every moment."""

    def __init__(self, world: World, strikes: tuple[Strikes, ...], random: Random) -> None:
        self._world = world
        self._strikes = strikes
        self._random = random

    def at(self, moment: str) -> None:
        for each in self._strikes:
            choices = each.what.get(moment)
            if not choices or self._random.random() >= each.share:
                continue
            self._strike(moment, self._random.choice(choices))

    def _strike(self, moment: str, mishap: Mishap) -> None:
        _, tries = AGAIN.get(moment, (0.0, 0))
        if moment not in WITHIN_S:
            self._happen(moment, mishap, tries)
            return
        within_s = self._random.choice(WITHIN_S[moment])
        self._world.loop.call_later(self._random.uniform(0.0, within_s), self._happen, moment, mishap, tries)

    def _happen(self, moment: str, mishap: Mishap, tries: int) -> None:
        if self._world.moment != self.at:
            return
        if mishap(self._world, self._random):
            name = f"strike-{moment}-{mishap.__name__.strip('_').replace('_', '-')}"
            self._world.happened[name] += 1
            self._world.happened[f"strike-at-{moment}"] += 1
            self._world.watch("strike", name.encode())
        elif tries:
            self._world.loop.call_later(AGAIN[moment][0], self._happen, moment, mishap, tries - 1)

