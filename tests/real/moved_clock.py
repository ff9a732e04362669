"""A terminal on virtual time whose wall clock is moved while durations go on; the register has a clock of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from contracts.faults import FaultCode
from contracts.money import Money
from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ
from simulator.fiscal_register.register_clock import RegisterClock
from terminal.payments.payment import PaymentState
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import Life, TerminalWorld
from tests.support.virtual_loop import MOSCOW, VirtualClock, run_virtually

Scenario = Callable[[TerminalWorld, Life], Coroutine[Any, Any, None]]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOTAL = Money.rubles(1500)
NOTES = (1000, 500)
WRONG_S = 60.0
"""How long the clock of the terminal is wrong during a payment; the register, which has its own, forms no receipt."""
SOON_S = 400.0
"""By then a payment is at the host whatever was done to the clock: the longest pause and a round."""


class MovedClock(VirtualClock):
    """Virtual time shown in a zone of the world, and moved at will."""

    def __init__(self, start: datetime, zone: ZoneInfo | None = None) -> None:
        super().__init__(start.astimezone(UTC))
        self._zone = zone
        self._moved = timedelta(0)

    def now(self) -> datetime:
        """As `SystemClock` does it: with the offset of the moment."""
        shown = super().now().astimezone(self._zone or MOSCOW)
        offset = shown.utcoffset()
        assert offset is not None
        return shown.replace(tzinfo=timezone(offset))

    def right(self) -> None:
        """Put right again."""
        self.move(-self._moved)

    def move(self, by: timedelta) -> None:
        self._moved += by
        self.set_back(-by.total_seconds())

    def set(self, to: datetime) -> None:
        self.move(to - self.now())


def play(directory: Path, scenario: Scenario, clock: MovedClock | None = None) -> None:
    async def whole() -> None:
        world = TerminalWorld(directory)
        steady = world.clock
        world.register.machine.clock = RegisterClock(lambda: steady.now().replace(tzinfo=None))
        world.clock = clock or MovedClock(datetime(2026, 3, 20, 10, 0, tzinfo=MOSCOW))
        life = world.start()
        try:
            await scenario(world, life)
        finally:
            await world.close()

    run_virtually(whole(), limit_s=5 * 24 * 3600.0)


def let_register_agree(world: TerminalWorld) -> None:
    """The register's own clock is set to what the terminal's shows."""
    world.register.machine.clock = RegisterClock(lambda: world.clock.now().replace(tzinfo=None))


def clock_of(world: TerminalWorld) -> MovedClock:
    assert isinstance(world.clock, MovedClock)
    return world.clock


async def until(holds: Callable[[], bool], limit_s: float = SOON_S) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():
            await asyncio.sleep(0.5)


def on(life: Life, kind: PageKind) -> bool:
    page = life.service.visits.page
    return page is not None and page.kind is kind


def settled(life: Life) -> bool:
    waiting = [each for each in life.service.book.payments if each.state is not PaymentState.CANCELLED]
    return not waiting and life.opened.outbox.totals().count == 0


def check(world: TerminalWorld, life: Life, total: Money = TOTAL) -> None:
    """Once in the cassette, once at the host, once on a receipt; the records in their order whatever their times."""
    assert life.opened.journal.broken_identities() == []
    assert world.cassette == total
    assert world.paid_at_host == total
    assert sum(each.total for each in world.receipts) == total.kopecks
    records = life.opened.journal.records_after(0, 10_000)
    assert [each.sequence for each in records] == list(range(1, len(records) + 1))


def codes(life: Life) -> set[FaultCode]:
    return {fault.code for fault in life.service.health.faults}


async def pay_without_host(world: TerminalWorld, life: Life) -> None:
    """The client has paid and gone; the money waits for the host."""
    person = Person(VirtualTerminal(world), list(NOTES), ALWAYS_READ)
    paying = asyncio.create_task(person.pay())
    await until(lambda: on(life, PageKind.INSERT_CASH))
    world.http.reachable = False
    await paying
    await until(lambda: FaultCode.HOST_UNREACHABLE in codes(life))
    await asyncio.sleep(90.0)
    assert not settled(life)


async def pay(world: TerminalWorld) -> None:
    life = world.life
    assert life is not None
    await until(lambda: on(life, PageKind.START))
    await Person(VirtualTerminal(world), list(NOTES), ALWAYS_READ).pay()
