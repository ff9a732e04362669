"""What is erased by its age waits while the clock is in doubt, and what stays longer than it should is a fault."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.faults import FaultCode
from contracts.pages import Touch
from simulator.billing_host.demo_accounts import ALWAYS_READ
from simulator.fiscal_register.register_clock import RegisterClock
from terminal.journal.payment_journal import TIMED_RECORDS
from terminal.journal.vault import FileVault
from terminal.payments.facts import CassetteMoved, DayClosed
from tests.privacy.test_erasure import EVENING, gives_up, has_data, kinds, paid_and_closed, until
from tests.real.moved_clock import DAY, HOUR, MovedClock, clock_of, let_register_agree
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import Life, TerminalWorld
from tests.support.virtual_loop import VirtualClock, run_virtually

KEPT = 4 * DAY
"""More than the longest time that data is kept, and not enough to be overdue."""
OVERDUE = 5 * DAY
ROUND_S = 1300.0
"""Two rounds of what looks for data that has become due, and for what is overdue."""

Scenario = Callable[[TerminalWorld, VirtualClock], Coroutine[Any, Any, None]]


def play(directory: Path, scenario: Scenario) -> None:
    """The scenario is given the world and the time of day as it truly is, which the register shows."""

    async def whole() -> None:
        world = TerminalWorld(directory, begins=EVENING)
        truth = world.clock
        world.register.machine.clock = RegisterClock(lambda: truth.now().replace(tzinfo=None))
        world.clock = MovedClock(truth.now())
        try:
            await scenario(world, truth)
        finally:
            await world.close()

    run_virtually(whole())


def pass_days(world: TerminalWorld, truth: VirtualClock, by: timedelta) -> None:
    """Days in which nothing happens."""
    truth.set_back(-by.total_seconds())
    world.clock.set_back(-by.total_seconds())


def overdue(life: Life) -> str:
    """Why data is said to be overdue; empty when it is not."""
    return next((each.detail for each in life.service.health.faults if each.code is FaultCode.DATA_OVERDUE), "")


def closed_day(life: Life) -> str:
    """The day that was closed last."""
    closed = life.opened.journal.latest(DayClosed.kind)
    return closed.day if isinstance(closed, DayClosed) else ""


async def paid(world: TerminalWorld) -> Life:
    """A client has paid and gone; the day is not closed."""
    life = world.start()
    await Person(VirtualTerminal(world), [1000], ALWAYS_READ).pay()
    life.service.visits.touched(Touch(life.page.number, "exit"))
    await until(lambda: life.opened.outbox.totals().count == 0)
    return life


def test_a_clock_put_forward_erases_nothing(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, truth: VirtualClock) -> None:
        life = await paid_and_closed(world)
        clock_of(world).move(OVERDUE)
        await until(lambda: "расходятся" in overdue(life), ROUND_S)
        await asyncio.sleep(ROUND_S)
        assert has_data(life)
        clock_of(world).right()
        await until(lambda: not overdue(life), ROUND_S)
        assert kinds(life) == []
        await life.kill()
        pass_days(world, truth, OVERDUE + DAY)
        life = world.start()
        await until(lambda: kinds(life) == ["E10", "E30"], ROUND_S)

    play(tmp_path, scenario)


def test_a_clock_put_forward_is_not_believed_after_a_start_either(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, truth: VirtualClock) -> None:
        life = await paid_and_closed(world)
        await life.kill()
        clock_of(world).move(KEPT)
        life = world.start()
        await asyncio.sleep(ROUND_S)
        assert has_data(life)

    play(tmp_path, scenario)


def test_a_register_that_says_no_time_is_waited_for(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, truth: VirtualClock) -> None:
        life = await paid_and_closed(world)
        await life.kill()
        world.register.cut_power()
        pass_days(world, truth, OVERDUE)
        life = world.start()
        await until(lambda: "не назвал время" in overdue(life), ROUND_S)
        assert has_data(life)
        world.register.power_on()
        await until(lambda: not has_data(life), ROUND_S)
        await until(lambda: not overdue(life), ROUND_S)

    play(tmp_path, scenario)


def test_a_clock_that_stands_before_the_records_erases_nothing(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, truth: VirtualClock) -> None:
        life = await paid_and_closed(world)
        await life.kill()
        pass_days(world, truth, KEPT)
        life = world.start()
        await asyncio.sleep(10.0)
        let_register_agree(world)
        clock_of(world).move(-HOUR)
        await asyncio.sleep(ROUND_S)
        assert FaultCode.CLOCK_UNTRUSTED in {each.code for each in life.service.health.faults}
        assert has_data(life)
        clock_of(world).right()
        await until(lambda: not has_data(life), ROUND_S)

    play(tmp_path, scenario)


def test_a_host_that_agrees_on_no_day_makes_data_overdue(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, truth: VirtualClock) -> None:
        life = await paid(world)
        world.http.reachable = False
        pass_days(world, truth, KEPT)
        await asyncio.sleep(ROUND_S)
        assert overdue(life) == ""
        pass_days(world, truth, OVERDUE - KEPT)
        await until(lambda: "не сверил" in overdue(life), ROUND_S)
        assert has_data(life)
        world.http.reachable = True
        await until(lambda: not has_data(life), 2 * ROUND_S)
        await until(lambda: not overdue(life), ROUND_S)

    play(tmp_path, scenario)


def test_a_day_that_is_still_to_come_has_not_been_agreed_on(tmp_path: Path) -> None:
    """The clock stood years ahead for a while, and the host agreed on a day of that time; the day of the payment it
    has not compared."""

    async def scenario(world: TerminalWorld, truth: VirtualClock) -> None:
        life = await paid(world)
        clock_of(world).move(1000 * DAY)
        await until(lambda: closed_day(life) > "2028")
        world.http.reachable = False
        clock_of(world).right()
        for _ in range(TIMED_RECORDS):
            life.service.book.record(CassetteMoved(True, life.service.book.stamp()))
        pass_days(world, truth, OVERDUE)
        await until(lambda: "не сверил" in overdue(life), ROUND_S)
        assert FaultCode.CLOCK_UNTRUSTED not in {each.code for each in life.service.health.faults}
        assert has_data(life)

    play(tmp_path, scenario)


def test_copies_that_can_still_be_read_are_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_vault: FileVault) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def scenario(world: TerminalWorld, truth: VirtualClock) -> None:
        life = world.start()
        await until(lambda: life.service.health.offers.cash.offered)
        with monkeypatch.context() as patched:
            patched.setattr(FileVault, "begin_epoch", full)
            await gives_up(world, life)
            await until(lambda: "No space left" in overdue(life), ROUND_S)
            assert kinds(life) == ["E10"]
        await until(lambda: kinds(life) == ["E10", "E30"], ROUND_S)
        await until(lambda: not overdue(life), ROUND_S)

    play(tmp_path, scenario)
