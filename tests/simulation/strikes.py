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

from simulator.bill_acceptor.bill_tables import code_of
from simulator.bill_acceptor.mechanism import Position
from terminal.devices.ccnet.wire import Status
from tests.simulation.clients import NOTES
from tests.simulation.mishaps import DEVICE_MISHAPS, Mishap
from tests.simulation.world import FORMED

if TYPE_CHECKING:
    from tests.simulation.world import World

ORDERED_IN, MISSED, FUNDED, ASKED_FOR, VOIDED = "C10", "C40", "S20", "F10", "S05"
"""Records after which trouble may strike."""
WITHIN_S = {
    ORDERED_IN: (0.3, 1.4), MISSED: (1.0, 4.0, 40.0), FUNDED: (0.3,), ASKED_FOR: (0.8,), VOIDED: (1.0,),
}
"""So soon after them, at the latest, one or the other; the devices move quickly in most runs."""
AGAIN = {ORDERED_IN: (0.05, 30), MISSED: (2.0, 30), FUNDED: (0.2, 10), VOIDED: (0.2, 15)}
"""What cannot happen then is tried again after so many seconds, so many times: a note is in reach for moments only."""
HOST_AWAY_S = (8.0, 90.0)
SILENCE_S = (120.0, 170.0)
"""Longer than a note is waited for by a terminal whose client waits, too."""
OUTAGE_S = (4.0, 25.0)
"""Longer than the driver of the register asks again by itself."""
WRONG_REFUSALS = (0x33, 0x45, 0x50, 0x58, 0x73, 0x0A, 0x30, 0x01)
HEARD_WITHIN_S = 2.0
"""So soon after a note is in the cassette a computer that is on has heard of it."""
_IN_REACH = (Position.READING, Position.ESCROW, Position.STACKING, Position.RETURNING)


def _pull_out(world: World, random: Random) -> bool:
    """A hand pulls the note back out of the path before it has passed the exit sensor."""
    acceptor = world.acceptor
    if acceptor.places.position not in _IN_REACH or acceptor.places.jammed:
        return False
    acceptor.mechanism.halt()
    acceptor.mechanism.clear_jam(acceptor.places.pocket)
    if acceptor.firmware.is_powered:
        acceptor.firmware.resume()
        if random.random() < 0.3:
            acceptor.firmware.show(Status.CHEATED)
    return True


def _swap(world: World, random: Random) -> bool:
    """While the line is out the note is pulled back, and another one is put in."""
    if not world.acceptor.firmware.is_powered or not _pull_out(world, Random(0)):
        return False
    world.acceptor_cable.unplug()
    world.loop.call_later(random.uniform(0.0, 0.4), _put_in, world, random.choice(NOTES))
    world.loop.call_later(random.uniform(0.6, 2.0), world.acceptor_cable.plug)
    return True


def _put_in(world: World, rubles: int) -> None:
    try:
        world.acceptor.firmware.insert(rubles)
    except ValueError:
        return
    world.happened["client-inserts-unseen"] += 1


def _pull_out_in_the_dark(world: World, random: Random) -> bool:
    """The acceptor loses its power with the note in reach, and is without it when it comes back."""
    if world.acceptor.places.position not in _IN_REACH:
        return False
    world.acceptor.cut_power()
    _pull_out(world, random)
    world.loop.call_later(random.uniform(0.1, 3.0), world.acceptor.power_on)
    return True


def _go_silent(world: World, random: Random) -> bool:
    """The line to the acceptor is out for minutes, with a note on its way."""
    if not world.acceptor_cable.is_plugged:
        return False
    world.acceptor_cable.unplug()
    world.loop.call_later(random.uniform(*SILENCE_S), world.acceptor_cable.plug)
    return True


def _restart(world: World, random: Random) -> bool:
    """The acceptor loses its power for a moment, with the note wherever it is."""
    world.acceptor.cut_power()
    world.loop.call_later(random.uniform(0.05, 1.0), world.acceptor.power_on)
    return True


def _stack_unasked(world: World, _random: Random) -> bool:
    """The acceptor stacks what it holds without an order. Not a note like the last one or like one that is missed:
    these nobody could tell from the same note told again."""
    places, books = world.acceptor.places, world.truth.books
    if places.position is not Position.ESCROW or not world.acceptor.firmware.is_powered:
        return False
    if places.note == books.last_value or books.disputed_notes()[places.note]:
        return False
    rubles, lives = places.note, world.lives
    is_done = world.acceptor.firmware.stack()
    if is_done:
        world.loop.call_later(HEARD_WITHIN_S, _count_unheard, world, rubles, lives)
    return is_done


def _count_unheard(world: World, rubles: int, lives: int) -> None:
    """A computer that has died meanwhile may never hear of the note: the acceptor forgets it with its power."""
    if world.lives != lives or world.page is None:
        world.stacked_by_hand[rubles] += 1


def _remember(world: World, random: Random) -> bool:
    """At one more restart the acceptor does remember a note that it stacked and kept silent about."""
    places, firmware, books = world.acceptor.places, world.acceptor.firmware, world.truth.books
    silent = world.notes_in_cassettes() - books.booked
    missed = [value for value in sorted(silent) if books.disputed_notes()[value] and value != books.last_value]
    is_idle = places.position is Position.NONE and firmware.event is None and not places.jammed
    if not missed or not is_idle or books.pending_notes():
        return False
    world.acceptor.cut_power()
    firmware.flash.recoverable = code_of(firmware.table, missed[0])
    world.loop.call_later(random.uniform(0.1, 1.0), world.acceptor.power_on)
    return True


def _forget_stacked(world: World, random: Random) -> bool:
    """The acceptor restarts and has forgotten that the note has passed its exit sensor: it drops into the cassette."""
    acceptor = world.acceptor
    if acceptor.places.position is not Position.PASSED:
        return False
    acceptor.cut_power()
    acceptor.mechanism.clear_jam(acceptor.places.cassette)
    acceptor.firmware.flash.recoverable = None
    world.loop.call_later(random.uniform(0.1, 3.0), acceptor.power_on)
    return True


def _push_in(world: World, random: Random) -> bool:
    """Somebody puts a note into a slot that is not lit any more, or not for them."""
    _put_in(world, random.choice(NOTES))
    return world.acceptor.places.position is Position.READING


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


def _host_is_lossy(world: World, random: Random) -> bool:
    """It acts, and its answers are lost, or those of other requests arrive, again and again."""
    rates, name = world.host_line.rates, random.choice(("lose-reply", "other-reply", "lose-request"))
    before = rates.get(name, 0.0)
    rates[name] = 0.8
    world.loop.call_later(random.uniform(*HOST_AWAY_S), lambda: rates.update({name: before}))
    return True


def _usual(*names: str) -> tuple[Mishap, ...]:
    """Mishaps that may happen at any other time, too."""
    return tuple(DEVICE_MISHAPS[name] for name in names)


AT_THE_SLOT: Mapping[str, tuple[Mishap, ...]] = {
    ORDERED_IN: (
        _pull_out, _swap, _pull_out_in_the_dark, _restart, _restart, _stack_unasked, _forget_stacked, _forget_stacked,
        _go_silent,
        *_usual("acceptor-jam", "acceptor-silent", "acceptor-cable", "acceptor-mode", "acceptor-forgets"),
    ),
    MISSED: (_remember, _remember, _remember, _push_in),
    VOIDED: (_push_in, _stack_unasked),
    FUNDED: (_push_in, _push_in),
}
AT_THE_REGISTER: Mapping[str, tuple[Mishap, ...]] = {
    ASKED_FOR: (
        _refuse_formed, _answer_half, _form_nothing, _lose_register, _restart_register, _silence_storage,
        *_usual("register-trap", "register-refuses", "register-paper", "register-cover"),
    ),
    FORMED: (_lose_register, _lose_register, _restart_register, _silence_register, _silence_storage),
}
AT_THE_HOST: Mapping[str, tuple[Mishap, ...]] = {
    FUNDED: (
        _host_leaves, _host_leaves, _host_is_lossy,
        *_usual("host-away", "host-refuses", "host-turns"),
    ),
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
            name = f"strike-{moment}{mishap.__name__.replace('_', '-')}"
            self._world.happened[name] += 1
            self._world.happened[f"strike-at-{moment}"] += 1
            self._world.watch("strike", name.encode())
        elif tries:
            self._world.loop.call_later(AGAIN[moment][0], self._happen, moment, mishap, tries - 1)

