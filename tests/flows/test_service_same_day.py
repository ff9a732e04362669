"""Money is with the supplier on the day of payment, whatever the host does; production service on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.faults import FaultCode
from contracts.identifiers import TerminalId
from contracts.money import Money
from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ
from terminal.payments.facts import DayClosed, IncidentOpened
from terminal.ports.records import DayTotals
from terminal.transfer.processing_client import JsonProcessing
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import Life, TerminalWorld
from tests.support.virtual_loop import run_virtually

Scenario = Callable[[TerminalWorld, Life], Coroutine[Any, Any, None]]
DAY = timedelta(days=1)
EVENING = time(20, 45)
"""A visit before the warning, which comes ten minutes before the cut-off at nine."""
WARN_BEFORE = timedelta(minutes=10)
THOUSAND = Money.rubles(1000)


def play(directory: Path, scenario: Scenario, begins: time = time(10, 0), max_age: timedelta = DAY) -> None:
    async def whole() -> None:
        world = TerminalWorld(directory, begins=begins)
        world.terms = replace(world.terms, day=replace(world.terms.day, max_age=max_age, warn_before=WARN_BEFORE))
        life = world.start()
        try:
            await scenario(world, life)
        finally:
            await world.close()

    run_virtually(whole(), limit_s=3 * 24 * 3600.0)


async def pay(world: TerminalWorld, *notes: int) -> Person:
    person = Person(VirtualTerminal(world), list(notes), ALWAYS_READ)
    await person.pay()
    return person


async def until(holds: Callable[[], bool], limit_s: float = 3600.0) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():
            await asyncio.sleep(0.5)


def on(life: Life, kind: PageKind) -> bool:
    page = life.service.visits.page
    return page is not None and page.kind is kind


def closed_day(life: Life) -> str:
    latest = life.opened.journal.latest(DayClosed.kind)
    return latest.day if isinstance(latest, DayClosed) else ""


def codes(life: Life) -> set[FaultCode]:
    return {fault.code for fault in life.service.health.faults}


def test_the_receipt_says_transferred_when_the_host_answers(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await pay(world, 1000)
        await until(lambda: len(world.receipts) == 1)
        assert world.paid_at_host == THOUSAND
        text = world.paper()
        assert "Деньги переведены поставщику" in text
        assert "операция № 7000000001" in text.replace("\u00a0", " ")

    play(tmp_path, scenario)


def test_a_silent_host_gets_it_later_under_the_same_key_and_the_receipt_says_so(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
        paying = asyncio.create_task(person.pay())
        await until(lambda: on(life, PageKind.INSERT_CASH))
        world.http.reachable = False
        await paying
        assert "Деньги будут переведены поставщику сегодня" in " ".join(world.paper().split())
        assert FaultCode.HOST_UNREACHABLE in codes(life)
        assert life.page.kind is PageKind.OUTCOME
        world.http.reachable = True
        await until(lambda: world.paid_at_host == THOUSAND)
        await until(lambda: not codes(life))
        assert len(world.receipts) == 1

    play(tmp_path, scenario)


def test_lost_replies_do_not_pay_twice(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
        paying = asyncio.create_task(person.pay())
        await until(lambda: on(life, PageKind.INSERT_CASH))
        world.http.lose_replies = 3
        await paying
        await until(lambda: life.opened.outbox.totals().count == 0)
        assert world.paid_at_host == THOUSAND

    play(tmp_path, scenario)


def test_a_day_in_which_somebody_pays_while_it_is_being_closed_is_closed_with_that_payment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closings: list[int] = []

    async def scenario(world: TerminalWorld, life: Life) -> None:
        close_day = JsonProcessing.close_day

        async def slow(processing: JsonProcessing, terminal: TerminalId, ours: DayTotals) -> DayTotals:
            theirs = await close_day(processing, terminal, ours)
            if ours.day == "2026-03-20":
                closings.append(ours.count)
                if len(closings) == 1:
                    await pay(world, 1000)
            return theirs

        monkeypatch.setattr(JsonProcessing, "close_day", slow)
        await pay(world, 1000)
        await until(lambda: closed_day(life) == "2026-03-20", 4800.0)
        closed = [each for each in life.opened.journal.records_after(0, 1000) if each.kind == DayClosed.kind]
        assert ['"count":2' in each.body for each in closed if "2026-03-20" in each.body] == [True]
        assert closings == [1, 2]

    play(tmp_path, scenario, begins=time(20, 58))


def test_unsent_money_near_the_cut_off_is_an_incident_and_the_old_day_is_closed_equal(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
        paying = asyncio.create_task(person.pay())
        await until(lambda: on(life, PageKind.INSERT_CASH))
        world.http.reachable = False
        await paying
        await until(lambda: FaultCode.OUTBOX_CUTOFF_NEAR in codes(life), 1800.0)
        warned = world.clock.now()
        assert timedelta(0) < life.service.same_day.cut_off(warned) - warned <= WARN_BEFORE
        world.http.reachable = True
        await until(lambda: closed_day(life) == "2026-03-20", 4800.0)
        closed = life.opened.journal.latest("Z30")
        assert isinstance(closed, DayClosed)
        assert (closed.count, closed.sum, closed.equal) == (1, THOUSAND, True)
        assert FaultCode.OUTBOX_CUTOFF_NEAR not in codes(life)

    play(tmp_path, scenario, EVENING)


def test_a_host_that_has_lost_a_payment_is_found_at_the_end_of_the_day(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        await pay(world, 1000)
        await until(lambda: world.paid_at_host == THOUSAND)
        with world.host.store.transaction():
            world.host.store.connection.execute("DELETE FROM operation WHERE kind = 'payment'")
        await until(lambda: FaultCode.DAY_NOT_EQUAL in codes(life), 4800.0)
        closed = life.opened.journal.latest("Z30")
        assert isinstance(closed, DayClosed)
        assert not closed.equal

    play(tmp_path, scenario, EVENING)


def test_past_the_offline_budget_cash_is_not_offered(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
        paying = asyncio.create_task(person.pay())
        await until(lambda: on(life, PageKind.INSERT_CASH))
        world.http.reachable = False
        await paying
        assert life.service.health.offers.cash.offered
        await until(lambda: FaultCode.OFFLINE_BUDGET_SPENT in codes(life), 900.0)
        assert not life.service.health.offers.cash.offered
        world.http.reachable = True
        await until(lambda: life.service.health.offers.cash.offered)

    play(tmp_path, scenario, max_age=timedelta(minutes=5))


def test_a_host_that_holds_another_body_under_the_key_stops_payments(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
        paying = asyncio.create_task(person.pay())
        await until(lambda: on(life, PageKind.INSERT_CASH))
        payment = life.service.book.payments[0]
        client = life.service.book.client_of(payment)
        other = replace(payment, inserted=Money.rubles(7), funded_at=world.clock.now().isoformat())
        assert client.account == ALWAYS_READ
        await life.service._world.processing.submit_payment(life.service.worker.submissions.of_payment(other))
        await paying
        await until(lambda: FaultCode.HOST_KEY_CONFLICT in codes(life))
        assert not life.service.health.offers.cash.offered
        opened = [each for each in life.opened.journal.records_after(0, 500) if each.kind == IncidentOpened.kind]
        assert any("BH04" in each.body for each in opened)

    play(tmp_path, scenario)


@pytest.mark.parametrize("minutes", [0, 5])
def test_the_outbox_never_pauses_past_the_cut_off(tmp_path: Path, minutes: int) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
        paying = asyncio.create_task(person.pay())
        await until(lambda: on(life, PageKind.INSERT_CASH))
        world.http.reachable = False
        await paying
        cut_off = life.service.same_day.cut_off(world.clock.now()) - timedelta(minutes=minutes)
        await asyncio.sleep((cut_off - world.clock.now()).total_seconds() - 5.0)
        next_at = life.opened.outbox.next_at()
        assert next_at is not None
        assert next_at <= life.service.same_day.cut_off(world.clock.now())

    play(tmp_path, scenario, EVENING)
