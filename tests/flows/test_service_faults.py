"""What a client and a technician see when something is wrong, and that the money is never in doubt for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from contracts.faults import FaultCode
from contracts.identifiers import PaymentNumber
from contracts.money import Money
from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ
from terminal.payments.payment import PaymentState
from terminal.ports.records import BrokenIdentity
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import Life, TerminalWorld
from tests.support.virtual_loop import run_virtually

Scenario = Callable[[TerminalWorld, Life], Coroutine[Any, Any, None]]
LIMIT_S = 900.0


def play(directory: Path, scenario: Scenario) -> None:
    async def whole() -> None:
        world = TerminalWorld(directory)
        life = world.start()
        try:
            await until(lambda: life.service.health.offers.cash.offered)
            await scenario(world, life)
            assert life.opened.journal.broken_identities() == []
        finally:
            await world.close()

    run_virtually(whole())


async def until(holds: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():
            await asyncio.sleep(0.25)


def on(life: Life, kind: PageKind) -> bool:
    page = life.service.visits.page
    return page is not None and page.kind is kind


def codes(life: Life) -> set[FaultCode]:
    return {fault.code for fault in life.service.health.faults}


async def at_insert(world: TerminalWorld, life: Life, notes: list[int]) -> tuple[Person, asyncio.Task[None]]:
    person = Person(VirtualTerminal(world), notes, ALWAYS_READ)
    paying = asyncio.create_task(person.pay())
    await until(lambda: on(life, PageKind.INSERT_CASH))
    return person, paying


def inserted(life: Life) -> Money:
    return Money(sum(each.inserted.kopecks for each in life.service.book.payments))


def test_without_paper_no_payment_begins_and_it_comes_back_by_itself(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        world.register.machine.printer.paper_out()
        await until(lambda: FaultCode.REGISTER_PAPER_OUT in codes(life))
        assert not life.service.health.offers.cash.offered
        assert any("чек" in each.text for each in life.page.notices)
        world.register.machine.printer.paper_in()
        await until(lambda: life.service.health.offers.cash.offered)

    play(tmp_path, scenario)


def test_paper_that_ends_in_the_receipt_is_waited_for_and_the_document_is_one(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        _person, paying = await at_insert(world, life, [1000])
        await until(lambda: inserted(life) == Money.rubles(1000))
        world.register.machine.printer.paper_mm = 30.0
        await paying
        world.register.machine.printer.paper_in()
        await until(lambda: not life.service.book.payments)
        assert [each.total for each in world.receipts] == [100_000]

    play(tmp_path, scenario)


def test_a_cassette_pulled_in_the_middle_leaves_the_money_credited(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person, paying = await at_insert(world, life, [1000])
        await until(lambda: inserted(life) == Money.rubles(1000))
        person.notes = []
        world.acceptor.firmware.mechanism.pull_cassette()
        await paying
        await until(lambda: world.paid_at_host == Money.rubles(1000))
        assert FaultCode.ACCEPTOR_CASSETTE_OUT in codes(life)
        assert not life.service.health.offers.cash.offered

    play(tmp_path, scenario)


def test_an_unplugged_acceptor_is_a_fault_and_is_found_again(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        world.acceptor_cable.unplug()
        await until(lambda: FaultCode.ACCEPTOR_SILENT in codes(life))
        assert not life.service.health.offers.cash.offered
        world.acceptor_cable.plug()
        await until(lambda: life.service.health.offers.cash.offered)
        assert not codes(life)

    play(tmp_path, scenario)


def test_a_client_who_walks_away_is_credited_by_the_time_out(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        _person, paying = await at_insert(world, life, [500])
        await until(lambda: inserted(life) == Money.rubles(500))
        paying.cancel()
        await until(lambda: world.paid_at_host == Money.rubles(500))
        await until(lambda: on(life, PageKind.START))
        assert [each.total for each in world.receipts] == [50_000]

    play(tmp_path, scenario)


def test_after_the_tender_the_slot_is_closed(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person, paying = await at_insert(world, life, [1000])
        await until(lambda: inserted(life) == Money.rubles(1000))
        person.notes = []
        await paying
        with pytest.raises(ValueError, match="disabled"):
            world.acceptor.firmware.insert(500)

    play(tmp_path, scenario)


def test_finish_pressed_while_a_note_is_on_its_way_loses_nothing(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        person, paying = await at_insert(world, life, [1000, 500])
        await until(lambda: inserted(life) == Money.rubles(1000))
        await until(lambda: world.acceptor.places.position.value != "none")
        front = VirtualTerminal(world)
        front.touch(life.page.number, "finish")
        front.touch(life.page.number, "finish")
        await paying
        await until(lambda: world.paid_at_host == world.cassette)
        assert world.cassette >= Money.rubles(1000)
        assert sum(each.total for each in world.receipts) == world.cassette.kopecks
        assert person.outcomes

    play(tmp_path, scenario)


def test_the_acceptor_is_closed_and_confirmed_before_the_money_is_funded(tmp_path: Path) -> None:
    """A slot that was closed for a moment and opened again does not count as closed at the end."""

    async def scenario(world: TerminalWorld, life: Life) -> None:
        person, paying = await at_insert(world, life, [1000])
        await until(lambda: inserted(life) == Money.rubles(1000))
        person.notes = []
        life.service.cash.closed()
        life.service.cash.accepting()
        life.service.cash.end()
        assert life.service.cash.tender is not None, "funded although the acceptor has not confirmed"
        await paying
        assert world.acceptor.firmware.status.name != "IDLING"

    play(tmp_path, scenario)


def test_money_refused_by_the_supplier_is_a_refund_due_with_a_slip(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        _person, paying = await at_insert(world, life, [1000])
        world.host.behaviours.put("refusing", "closed")
        await paying
        await until(lambda: FaultCode.HOST_REFUSES_PAYMENT in codes(life))
        await until(lambda: "НОМЕР ОБРАЩЕНИЯ" in world.paper())
        assert "T-0001-000001" in world.paper()
        assert world.paid_at_host == Money(0)
        assert life.opened.outbox.totals().parked == 1
        assert any(fact.kind == "S31" for fact in life.opened.journal.facts_of(PaymentNumber(1)))

    play(tmp_path, scenario)


def test_a_broken_identity_takes_cash_out_and_is_an_incident(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        life.service._audited((BrokenIdentity(2, "cassette 1 is not the notes stacked 2"),))
        assert not life.service.health.offers.cash.offered
        kinds = [(each.kind, each.body) for each in life.opened.journal.records_after(0, 100)]
        assert any(kind == "I10" and "JR02" in body for kind, body in kinds)
        assert life.service.health.offers.readings.offered

    play(tmp_path, scenario)


def test_little_room_on_the_disk_stops_new_payments(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        life.journal.free = 1
        await until(lambda: FaultCode.DISK_LOW in codes(life))
        assert not life.service.health.offers.cash.offered
        life.journal.free = None
        await until(lambda: life.service.health.offers.cash.offered)

    play(tmp_path, scenario)


def test_a_clock_that_was_reset_stops_readings_but_not_the_terminal(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        world.clock.set_back(3600.0)
        await until(lambda: FaultCode.CLOCK_UNTRUSTED in codes(life))
        assert not life.service.health.offers.readings.offered

    play(tmp_path, scenario)


def test_nothing_is_offered_while_the_host_is_silent_and_the_page_says_why(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld, life: Life) -> None:
        world.http.reachable = False
        person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
        paying = asyncio.create_task(person.pay())
        await until(lambda: FaultCode.HOST_UNREACHABLE in codes(life))
        paying.cancel()
        await until(lambda: on(life, PageKind.OUT_OF_SERVICE))
        assert "поставщик" in life.page.lead
        world.http.reachable = True
        await until(lambda: on(life, PageKind.START))
        assert not [each for each in life.service.book.payments if each.state is not PaymentState.CANCELLED]

    play(tmp_path, scenario)
