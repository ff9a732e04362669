"""The service dies after every record of a visit and starts again: the money is where it should be.

Production service and drivers on virtual time; devices, host and client live on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from operator import eq
from pathlib import Path

import pytest

from contracts.money import Money
from terminal.payments.payment import PaymentState
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TerminalWorld
from tests.support.virtual_loop import run_virtually

NOTES = [1000, 500, 1000]
TOTAL = Money.rubles(2500)
RESTART_S = 2.0
CALM_S = 120.0
Crash = Callable[[int], bool]


async def visit(directory: Path, crashes: list[Crash]) -> tuple[TerminalWorld, int]:
    """One client pays while the service dies as told; then calm. Returns the world and the steps of the first life."""
    world = TerminalWorld(directory)
    person = Person(VirtualTerminal(world), NOTES)
    paying = asyncio.create_task(person.pay())
    life = world.start(crashes[0])
    first_steps = 0
    for crash in [*crashes[1:], lambda _: False]:
        while not life.ended and not paying.done():
            await asyncio.sleep(0.2)
        if not life.ended:
            break
        await life.buried()
        first_steps = first_steps or life.journal.steps
        await asyncio.sleep(RESTART_S)
        life = world.start(crash)
    await paying
    await asyncio.sleep(CALM_S)
    return world, first_steps or life.journal.steps


def check(world: TerminalWorld) -> None:
    """Credited exactly once, one document for each payment, nothing open, every identity holds."""
    life = world.life
    assert life is not None
    broken = life.opened.journal.broken_identities()
    assert not broken, broken
    assert world.cassette == TOTAL, "the client has put in everything"
    assert world.paid_at_host == TOTAL
    assert sum(each.total for each in world.receipts) == TOTAL.kopecks
    assert not [each for each in life.service.book.payments if each.state is not PaymentState.CANCELLED]
    assert life.opened.outbox.totals().count == 0


def play(directory: Path, crashes: list[Crash]) -> int:
    async def whole() -> int:
        world, steps = await visit(directory, crashes)
        try:
            check(world)
        finally:
            await world.close()
        return steps

    return run_virtually(whole())


def steps_of_a_visit(directory: Path) -> int:
    return play(directory, [lambda _: False])


def test_an_undisturbed_visit(tmp_path: Path) -> None:
    assert steps_of_a_visit(tmp_path) > 12


@pytest.mark.slow
def test_killed_after_every_record(tmp_path: Path) -> None:
    (tmp_path / "undisturbed").mkdir()
    steps = steps_of_a_visit(tmp_path / "undisturbed")
    for number in range(1, steps + 1):
        directory = tmp_path / str(number)
        directory.mkdir()
        play(directory, [partial(eq, number)])
