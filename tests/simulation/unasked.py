"""Notes that the acceptor stacks although nobody has ordered it.

Never one like the last note or like one that is missed: these nobody could tell from the same note told again.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from simulator.bill_acceptor.mechanism import Position
from terminal.devices.ccnet.wire import Status
from tests.simulation.clients import NOTES

if TYPE_CHECKING:
    from tests.simulation.world import World

POINTS_TO_HEAR = 300
HEARD_WITHIN_S = 2.0
"""So soon after a note is in the cassette a computer that is on has heard of it."""


def put_in(world: World, rubles: int) -> bool:
    """Somebody pushes a note in; whether the acceptor takes it now."""
    try:
        world.acceptor.firmware.insert(rubles)
    except ValueError:
        return False
    world.happened["client-inserts-unseen"] += 1
    return True


def stack_unasked(world: World, _random: Random) -> bool:
    """It stacks what it holds."""
    places, firmware = world.acceptor.places, world.acceptor.firmware
    if places.position is not Position.ESCROW or not firmware.is_powered or not _is_told_apart(world, places.note):
        return False
    rubles = places.note
    return firmware.stack() and _listen(world, rubles)


def take_unasked(world: World, random: Random) -> bool:
    """Somebody tests it by hand, or its firmware is confused: while nobody has opened the slot, it takes a note in and
    stacks it."""
    firmware, rubles = world.acceptor.firmware, random.choice(NOTES)
    is_closed = firmware.is_powered and firmware.status is Status.DISABLED and firmware.event is None
    is_empty = world.acceptor.places.position is Position.NONE
    if not (is_closed and is_empty and world.acceptor_cable.is_plugged and _is_told_apart(world, rubles)):
        return False
    firmware.swallow(rubles)
    return _listen(world, rubles)


def _is_told_apart(world: World, rubles: int) -> bool:
    books = world.truth.books
    return rubles != books.last_value and not books.disputed_notes()[rubles]


def _listen(world: World, rubles: int) -> bool:
    world.points.rest(POINTS_TO_HEAR)
    world.loop.call_later(HEARD_WITHIN_S, _count_unheard, world, rubles, world.lives, world.acceptor.power_cuts)
    return True


def _count_unheard(world: World, rubles: int, lives: int, power_cuts: int) -> None:
    """A computer that has died meanwhile, or has no line, may never hear of the note: the acceptor forgets it with its
    power."""
    is_same_life = world.lives == lives and world.page is not None
    if not is_same_life or not world.acceptor_cable.is_plugged or world.acceptor.power_cuts != power_cuts:
        world.stacked_by_hand[rubles] += 1
