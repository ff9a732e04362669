"""What the wall clock decides, after it jumped: the day of a payment, its closing, and whether the clock is trusted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contracts.faults import FaultCode
from contracts.identifiers import payment_key
from terminal.environment import SystemClock
from terminal.payments.facts import DayClosed, PaymentFunded
from tests.real.moved_clock import (
    DAY,
    HOUR,
    TOTAL,
    MovedClock,
    check,
    clock_of,
    codes,
    let_register_agree,
    pay,
    pay_without_host,
    play,
    settled,
    until,
)
from tests.support.terminal_world import TERMINAL, Life, TerminalWorld
from tests.support.virtual_loop import MOSCOW


def test_a_clock_put_back_stays_a_fault_until_it_has_caught_up(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await asyncio.sleep(30.0)
        clock_of(world).move(-HOUR / 4)
        await until(lambda: FaultCode.CLOCK_UNTRUSTED in codes(life))
        await asyncio.sleep(10 * 60.0)
        assert FaultCode.CLOCK_UNTRUSTED in codes(life), "its own record of the fault does not make it right"
        await until(lambda: FaultCode.CLOCK_UNTRUSTED not in codes(life), 6 * 60.0)

    play(tmp_path, scenario)


def test_a_payment_belongs_to_the_day_of_its_funding(tmp_path: Path) -> None:
    """The clock jumps past midnight after the money was paid in: the day's totals of both sides are of the day
    before, and equal."""

    async def scenario(world: TerminalWorld, life: Life) -> None:
        await pay_without_host(world, life)
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
        await pay(world)
        clock_of(world).set(datetime(2099, 6, 1, 22, 0, tzinfo=MOSCOW))
        await until(lambda: _day(life) == "2099-06-01")
        clock_of(world).right()
        await until(lambda: life.service.health.offers.cash.offered)
        await pay(world)
        await until(lambda: settled(life))
        clock_of(world).set(datetime(2026, 3, 20, 21, 1, tzinfo=MOSCOW))
        await until(lambda: _day(life) == "2026-03-20")
        closed = _closed(life)
        assert closed is not None
        assert (closed.count, closed.sum, closed.equal) == (2, TOTAL * 2, True)

    play(tmp_path, scenario)


def test_what_is_paid_after_the_closing_of_the_day_is_closed_too(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await pay(world)
        clock_of(world).set(datetime(2026, 3, 20, 21, 1, tzinfo=MOSCOW))
        let_register_agree(world)
        await until(lambda: _day(life) == "2026-03-20")
        await until(lambda: life.service.health.offers.cash.offered)
        await pay(world)
        await until(lambda: settled(life))
        await until(lambda: (closed := _closed(life)) is not None and closed.count == 2)
        closings = [each for each in life.opened.journal.records_after(0, 1000) if each.kind == DayClosed.kind]
        await asyncio.sleep(120.0)
        again = [each for each in life.opened.journal.records_after(0, 1000) if each.kind == DayClosed.kind]
        assert again == closings, "a day to which nothing comes is closed once"

    play(tmp_path, scenario)


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
        await pay_without_host(world, life)
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
        await pay(world)
        clock_of(world).move(DAY)
        let_register_agree(world)
        await until(lambda: not codes(life))
        await pay(world)
        await until(lambda: settled(life))
        check(world, life, TOTAL * 2)
        numbers = [each.payment for each in life.opened.journal.records_after(0, 1000) if each.kind == "S00"]
        assert numbers == [1, 2]
        assert life.opened.outbox.row(payment_key(TERMINAL, life.opened.journal.next_payment())) is None

    play(tmp_path, scenario)
