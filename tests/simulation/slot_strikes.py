"""Trouble at the slot that strikes when it matters: hands in the path, jams, power and line that go, notes like the one
that is missed."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING

from simulator.bill_acceptor.bill_tables import code_of
from simulator.bill_acceptor.mechanism import Position
from terminal.devices.ccnet.wire import Status
from tests.simulation.clients import NOTES
from tests.simulation.mishaps import Mishap, clear_jam, usual
from tests.simulation.moments import CHECKED, FUNDED, MISSED, ORDERED_IN, VOIDED
from tests.simulation.unasked import POINTS_TO_HEAR, put_in, stack_unasked, take_unasked

if TYPE_CHECKING:
    from tests.simulation.world import World

TRIES_TO_PUT_IN = 100
PEACE = 1500
"""Crash points that a life needs until its client has gone."""
SILENCE_S = (120.0, 170.0)
"""Longer than a note is waited for by a terminal whose client waits, too."""
SILENCE_POINTS = 4000
"""Crash points in that time, as long as somebody stays at the screen."""
PAUSED_S = (2.5, 6.0)
"""Longer than the terminal's computer is dark."""
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


def _pause(world: World, random: Random) -> bool:
    """Somebody pushes against the note, pulls it out, and keeps a hand in the slot; the computer dies meanwhile."""
    if not world.acceptor.firmware.is_powered or not _pull_out(world, Random(0)):
        return False
    firmware = world.acceptor.firmware
    firmware.show(Status.PAUSE)

    def let_go() -> None:
        if firmware.is_powered and firmware.status is Status.PAUSE:
            firmware.resume()

    world.loop.call_later(random.uniform(*PAUSED_S), let_go)
    world.points.hurry(random.randrange(40), PEACE)
    return True


def _jam_and_another(world: World, random: Random) -> bool:
    """The note sticks, a hand pushes it on into the cassette, and the next note is like it."""
    places, rubles = world.acceptor.places, world.acceptor.places.note
    if places.position not in (Position.STACKING, Position.PASSED) or places.jammed:
        return False
    world.acceptor.mechanism.jam()
    world.acceptor.firmware.jammed()
    world.loop.call_later(random.uniform(0.5, 3.0), clear_jam, world, random, places.cassette)
    world.loop.call_later(3.0, _put_in_when_open, world, rubles, TRIES_TO_PUT_IN)
    return True


def _put_in_when_open(world: World, rubles: int, tries: int) -> None:
    if not put_in(world, rubles) and tries:
        world.loop.call_later(0.2, _put_in_when_open, world, rubles, tries - 1)


def _swap(world: World, random: Random) -> bool:
    """While the line is out the note is pulled back, and another one is put in."""
    if not world.acceptor.firmware.is_powered or not _pull_out(world, Random(0)):
        return False
    world.acceptor_cable.unplug()
    world.loop.call_later(random.uniform(0.0, 0.4), put_in, world, random.choice(NOTES))
    world.loop.call_later(random.uniform(0.6, 2.0), world.acceptor_cable.plug)
    world.points.rest(POINTS_TO_HEAR)
    return True


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
    if not world.acceptor_cable.is_plugged or not world.truth.books.pending_notes():
        return False
    world.acceptor_cable.unplug()
    world.loop.call_later(random.uniform(*SILENCE_S), world.acceptor_cable.plug)
    world.points.rest(SILENCE_POINTS)
    return True


def _restart(world: World, random: Random) -> bool:
    """The acceptor loses its power for a moment, with the note wherever it is."""
    world.acceptor.cut_power()
    world.loop.call_later(random.uniform(0.05, 1.0), world.acceptor.power_on)
    return True


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


def _remember_late(world: World, random: Random) -> bool:
    """The same when the payment has long been done, and the computer is restarted, too."""
    payments = world.truth.books.payments.values()
    if not any(each.done and each.disputed for each in payments) or not _remember(world, random):
        return False
    world.points.hurry(random.randrange(40), PEACE)
    return True


def _forget_stacked(world: World, random: Random) -> bool:
    """The acceptor restarts and has forgotten that the note has passed its exit sensor: it drops into the cassette. Not
    one that nobody has ordered in: of that nobody could know."""
    acceptor, places = world.acceptor, world.acceptor.places
    if places.position is not Position.PASSED or not world.truth.books.pending_notes()[places.note]:
        return False
    acceptor.cut_power()
    acceptor.mechanism.clear_jam(acceptor.places.cassette)
    acceptor.firmware.flash.recoverable = None
    world.loop.call_later(random.uniform(0.1, 3.0), acceptor.power_on)
    return True


def _push_in(world: World, random: Random) -> bool:
    """Somebody puts a note into a slot that is not lit any more, or not for them."""
    put_in(world, random.choice(NOTES))
    return world.acceptor.places.position is Position.READING


def _fail_the_disk(world: World, random: Random) -> bool:
    """The next record is about a note, most often; and the computer dies only when the note has moved on."""
    world.disk.failing[random.choice(("write", "sync"))] = 0
    world.points.rest(PEACE // 5)
    return True


AT_THE_SLOT: Mapping[str, tuple[Mishap, ...]] = {
    CHECKED: (_fail_the_disk,),
    ORDERED_IN: (
        _pull_out, _pull_out_in_the_dark, _restart, _restart, stack_unasked, _forget_stacked, _forget_stacked,
        _go_silent, _go_silent, *(4 * (_swap, _jam_and_another, _pause)),
        *usual("acceptor-jam", "acceptor-silent", "acceptor-cable", "acceptor-mode", "acceptor-forgets"),
    ),
    MISSED: (_remember, _remember, _remember_late, _remember_late, _push_in),
    VOIDED: (_push_in, stack_unasked, take_unasked),
    FUNDED: (_push_in, take_unasked, take_unasked),
}
