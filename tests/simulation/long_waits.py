"""Hours in which nothing can happen: a fiscal storage with a document of a time to come refuses every other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.world import World

LONG_WAIT_S = 600.0
"""A terminal that has to wait for longer is switched off for most of the time."""


def storage_is_ahead_s(world: World) -> float:
    """So long the fiscal storage refuses: errors of the terminal's clock and of the register's have added up
    (`docs/reliability.md`)."""
    now = world.clock.true_now().replace(tzinfo=None)
    newest = max((each.at for each in world.register.machine.storage.documents), default=now)
    return max(0.0, (newest - now).total_seconds())


def shorten_wait(world: World) -> None:
    """Switch everything off until the wait is nearly over; but not what is off already."""
    ahead_s = storage_is_ahead_s(world)
    if world.page is not None and ahead_s > LONG_WAIT_S:
        world.switch_off(ahead_s - LONG_WAIT_S / 2)
