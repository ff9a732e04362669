"""The wall clock jumps - by hours, days, to 1970 and 2099, over a change of the clocks - and the money does not care.

Production service and drivers on virtual time, in which the wall clock is moved while durations go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.faults import FaultCode
from contracts.identifiers import payment_key
from contracts.money import Money
from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ
from simulator.fiscal_register.register_clock import RegisterClock
from terminal.environment import SystemClock
from terminal.payments.facts import DayClosed, PaymentFunded
from terminal.payments.payment import PaymentState
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TERMINAL, Life, TerminalWorld
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
        await _pay_without_host(world, life)
        jump(clock_of(world))
        world.http.reachable = True
        await until(lambda: settled(life))
        check(world, life)

    play(tmp_path, scenario)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_a_jump_between_two_lives_of_the_service(tmp_path: Path, jump: Callable[[MovedClock], None]) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await _pay_without_host(world, life)
        life.opened.journal.rest()
        await life.kill()
        jump(clock_of(world))
        world.http.reachable = True
        second = world.start()
        await until(lambda: settled(second))
        check(world, second)

    play(tmp_path, scenario)


async def _pay_without_host(world: TerminalWorld, life: Life) -> None:
    """The client has paid and gone; the money waits for the host."""
    person = Person(VirtualTerminal(world), list(NOTES), ALWAYS_READ)
    paying = asyncio.create_task(person.pay())
    await until(lambda: on(life, PageKind.INSERT_CASH))
    world.http.reachable = False
    await paying
    await until(lambda: FaultCode.HOST_UNREACHABLE in codes(life))
    await asyncio.sleep(90.0)
    assert not settled(life)


def codes(life: Life) -> set[FaultCode]:
    return {fault.code for fault in life.service.health.faults}


def test_a_clock_put_back_stays_a_fault_until_it_has_caught_up(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await asyncio.sleep(30.0)
        clock_of(world).move(-HOUR)
        await until(lambda: FaultCode.CLOCK_UNTRUSTED in codes(life))
        await asyncio.sleep(50 * 60.0)
        assert FaultCode.CLOCK_UNTRUSTED in codes(life), "its own record of the fault does not make it right"
        await until(lambda: FaultCode.CLOCK_UNTRUSTED not in codes(life), 15 * 60.0)

    play(tmp_path, scenario)


def test_a_payment_belongs_to_the_day_of_its_funding(tmp_path: Path) -> None:
    """The clock jumps past midnight after the money was paid in: the day's totals of both sides are of the day
    before, and equal."""

    async def scenario(world: TerminalWorld, life: Life) -> None:
        await _pay_without_host(world, life)
        clock_of(world).move(DAY)
        world.http.reachable = True
        await until(lambda: settled(life))
        await until(lambda: _closed(life) is not None)
        closed = _closed(life)
        assert closed is not None
        assert (closed.day, closed.count, closed.sum, closed.equal) == ("2026-03-20", 1, TOTAL, True)
        funded = [each for each in life.opened.journal.records_after(0, 1000) if each.kind == PaymentFunded.kind]
        assert [each.body.count("2026-03-20T") for each in funded] == [1]

    play(tmp_path, scenario)


def test_a_visit_to_the_future_does_not_keep_the_days_from_being_closed(tmp_path: Path) -> None:
    """A day of 2099 is closed while the clock is wrong; afterwards the present days are closed all the same, with
    every payment in them."""

    async def scenario(world: TerminalWorld, life: Life) -> None:
        await _pay(world)
        clock_of(world).set(datetime(2099, 6, 1, 22, 0, tzinfo=MOSCOW))
        await until(lambda: _day(life) == "2099-06-01")
        clock_of(world).right()
        await until(lambda: life.service.health.cash().offered)
        await _pay(world)
        await until(lambda: settled(life))
        clock_of(world).set(datetime(2026, 3, 20, 21, 1, tzinfo=MOSCOW))
        await until(lambda: _day(life) == "2026-03-20")
        closed = _closed(life)
        assert closed is not None
        assert (closed.count, closed.sum, closed.equal) == (2, TOTAL * 2, True)

    play(tmp_path, scenario)


def test_what_is_paid_after_the_closing_of_the_day_is_closed_too(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await _pay(world)
        clock_of(world).set(datetime(2026, 3, 20, 21, 1, tzinfo=MOSCOW))
        let_register_agree(world)
        await until(lambda: _day(life) == "2026-03-20")
        await until(lambda: life.service.health.cash().offered)
        await _pay(world)
        await until(lambda: settled(life))
        await until(lambda: (closed := _closed(life)) is not None and closed.count == 2)
        closings = [each for each in life.opened.journal.records_after(0, 1000) if each.kind == DayClosed.kind]
        await asyncio.sleep(120.0)
        again = [each for each in life.opened.journal.records_after(0, 1000) if each.kind == DayClosed.kind]
        assert again == closings, "a day to which nothing comes is closed once"

    play(tmp_path, scenario)


async def _pay(world: TerminalWorld) -> None:
    life = world.life
    assert life is not None
    await until(lambda: on(life, PageKind.START))
    await Person(VirtualTerminal(world), list(NOTES), ALWAYS_READ).pay()


def _closed(life: Life) -> DayClosed | None:
    latest = life.opened.journal.latest(DayClosed.kind)
    return latest if isinstance(latest, DayClosed) and latest.count else None


def _day(life: Life) -> str:
    latest = life.opened.journal.latest(DayClosed.kind)
    return latest.day if isinstance(latest, DayClosed) else ""


CHANGES = {
    "an hour is repeated": datetime(2026, 10, 25, 0, 59, 0, tzinfo=UTC),
    "an hour is left out": datetime(2026, 3, 29, 0, 59, 0, tzinfo=UTC),
}


@pytest.mark.parametrize("start", CHANGES.values(), ids=CHANGES.keys())
def test_the_clocks_change_while_money_waits_for_the_host(tmp_path: Path, start: datetime) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        let_register_agree(world)
        await _pay_without_host(world, life)
        world.http.reachable = True
        await until(lambda: settled(life))
        check(world, life)

    play(tmp_path, scenario, MovedClock(start - timedelta(seconds=40), ZoneInfo("Europe/Helsinki")))


def test_the_systems_clock_can_be_reckoned_with_over_a_change() -> None:
    """Two times of one zone object are compared and added by their faces, an hour wrong over a change."""
    now = SystemClock(ZoneInfo("Europe/Helsinki")).now()
    assert isinstance(now.tzinfo, timezone)
    assert now.utcoffset() == now.astimezone(ZoneInfo("Europe/Helsinki")).utcoffset()


def test_keys_follow_the_payments_number_not_the_time(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await _pay(world)
        clock_of(world).move(DAY)
        let_register_agree(world)
        await until(lambda: not codes(life))
        await _pay(world)
        await until(lambda: settled(life))
        check(world, life, TOTAL * 2)
        numbers = [each.payment for each in life.opened.journal.records_after(0, 1000) if each.kind == "S00"]
        assert numbers == [1, 2]
        assert life.opened.outbox.row(payment_key(TERMINAL, life.opened.journal.next_payment())) is None

    play(tmp_path, scenario)
