"""The wall clock jumps - by hours, days, to 1970 and 2099 - and no money is lost or late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from contracts.money import Money
from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ
from tests.real.moved_clock import (
    DAY,
    HOUR,
    NOTES,
    SOON_S,
    WRONG_S,
    MovedClock,
    check,
    clock_of,
    on,
    pay_without_host,
    play,
    settled,
    until,
)
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import Life, TerminalWorld
from tests.support.virtual_loop import MOSCOW

JUMPS: dict[str, Callable[[MovedClock], None]] = {
    "hour back": lambda clock: clock.move(-HOUR),
    "hour on": lambda clock: clock.move(HOUR),
    "day back": lambda clock: clock.move(-DAY),
    "day on": lambda clock: clock.move(DAY),
    "to 1970": lambda clock: clock.set(datetime(1970, 1, 1, 3, 0, 5, tzinfo=MOSCOW)),
    "to 2099": lambda clock: clock.set(datetime(2099, 12, 31, 23, 59, 50, tzinfo=MOSCOW)),
    "to a leap day": lambda clock: clock.set(datetime(2028, 2, 29, 23, 59, 50, tzinfo=MOSCOW)),
    "to the year's end": lambda clock: clock.set(datetime(2026, 12, 31, 23, 59, 50, tzinfo=MOSCOW)),
}
Moment = Callable[[TerminalWorld, Life], bool]
MOMENTS: dict[str, Moment] = {
    "while typing": lambda _world, life: on(life, PageKind.ACCOUNT_ENTRY),
    "before the first note": lambda _world, life: on(life, PageKind.INSERT_CASH),
    "between notes": lambda world, _life: world.cassette == Money.rubles(1000),
    "with a note on its way": lambda _world, life: any(each.pending for each in life.service.book.payments),
    "while the receipt is formed": lambda _world, life: any(
        each.receipt.requested for each in life.service.book.payments
    ),
}


MET = [(jump, moment) for place, jump in enumerate(JUMPS) for moment in list(MOMENTS)[place % 3 :: 3]]
"""Each jump at some moments, each moment with some jumps."""


@pytest.mark.parametrize(("jumped", "moment"), MET)
def test_a_jump_during_a_payment(tmp_path: Path, jumped: str, moment: str) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person = Person(VirtualTerminal(world), list(NOTES), ALWAYS_READ)
        paying = asyncio.create_task(person.pay())
        async with asyncio.timeout(SOON_S):
            while not MOMENTS[moment](world, life):
                await asyncio.sleep(0.02)
        JUMPS[jumped](clock_of(world))
        await asyncio.sleep(WRONG_S)
        assert life.opened.journal.broken_identities() == []
        assert abs(world.register.machine.clock.error) < HOUR / 2, "the register's clock was made as wrong as ours"
        clock_of(world).right()
        await paying
        await until(lambda: settled(life))
        check(world, life)

    play(tmp_path, scenario)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_a_payment_waiting_for_the_host_is_sent_soon_after_a_jump(
    tmp_path: Path, jump: Callable[[MovedClock], None]
) -> None:
    """Its next attempt was planned by a clock that is no longer true."""

    async def scenario(world: TerminalWorld, life: Life) -> None:
        await pay_without_host(world, life)
        jump(clock_of(world))
        world.http.reachable = True
        await until(lambda: settled(life))
        check(world, life)

    play(tmp_path, scenario)


@pytest.mark.parametrize("jump", list(JUMPS.values())[::2], ids=list(JUMPS)[::2])
def test_a_jump_between_two_lives_of_the_service(tmp_path: Path, jump: Callable[[MovedClock], None]) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await pay_without_host(world, life)
        life.opened.journal.rest()
        await life.kill()
        jump(clock_of(world))
        world.http.reachable = True
        second = world.start()
        await until(lambda: settled(second))
        check(world, second)

    play(tmp_path, scenario)
