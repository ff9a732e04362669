"""When the journal is witnessed by the host, and what does not disturb it. Production service on virtual time."""

from __future__ import annotations

import asyncio
from pathlib import Path

from contracts.identifiers import AccountNumber
from simulator.billing_host.demo_accounts import ALWAYS_READ, DEBTOR
from terminal.payments.facts import CassetteMoved, CheckpointContradicted, CheckpointWitnessed
from terminal.ports.http import HttpRequest, HttpResponse
from terminal.visit.events import PaymentRefused
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TerminalWorld
from tests.support.witness_steps import (
    SETTLED_S,
    THOUSAND,
    checkpoints_sent,
    codes,
    kept,
    pay,
    play,
    started,
    until,
    witnessed,
)


def test_start_and_payment_are_witnessed_and_nothing_else(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await started(world)
        await asyncio.sleep(SETTLED_S)
        sent = checkpoints_sent(world)
        await asyncio.sleep(700)
        assert not sent, "nothing has changed"
        life.service.book.record(CassetteMoved(True, life.service.book.stamp()))
        await asyncio.sleep(310)
        assert len(sent) == 1
        await pay(world)
        assert len(sent) == 2
        checkpoint = witnessed(life).checkpoint
        assert kept(world)["checkpoint"] == checkpoint.fields()
        assert checkpoint.balances["cassette"] == checkpoint.balances["provider-posted"] == THOUSAND.kopecks
        assert checkpoint.cassette == THOUSAND.kopecks
        assert checkpoint.document == world.receipts[-1].number
        assert life.opened.journal.position(checkpoint.position.sequence) == checkpoint.position
        fields = life.service.status.status()["journal"]["witnessed"]
        assert (fields["offered"], fields["sequence"], fields["closed_by"]) == (
            True, checkpoint.position.sequence, None)
        assert not codes(life)

    play(tmp_path, scenario)


def test_a_lost_reply_is_no_contradiction(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await started(world)
        await asyncio.sleep(400)
        exchange, lost = world.http.exchange, [0]

        async def lossy(request: HttpRequest, timeout_s: float) -> HttpResponse:
            if request.path == "/checkpoints" and lost[0] < 2:
                lost[0] += 1
                world.http.lose_replies = 1
            return await exchange(request, timeout_s)

        world.http.exchange = lossy  # type: ignore[method-assign]
        await pay(world)
        await pay(world)
        await asyncio.sleep(600)
        assert lost == [2]
        assert witnessed(life).checkpoint.position.sequence == kept(world)["sequence"]
        assert not codes(life)
        assert not life.opened.journal.latest(CheckpointContradicted.kind)

    play(tmp_path, scenario)


def test_a_kill_between_the_hosts_word_and_its_record_is_no_contradiction(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        exchange = world.http.exchange

        async def deadly(request: HttpRequest, timeout_s: float) -> HttpResponse:
            response = await exchange(request, timeout_s)
            if request.path == "/checkpoints":
                life.die()
            return response

        world.http.exchange = deadly  # type: ignore[method-assign]
        life = world.start()
        await until(lambda: life.ended)
        await life.buried()
        world.http.exchange = exchange  # type: ignore[method-assign]
        life = world.start()
        assert kept(world)["count"] == 1
        assert life.opened.journal.latest(CheckpointWitnessed.kind) is None
        await asyncio.sleep(SETTLED_S)
        assert not codes(life)
        assert witnessed(life).checkpoint.position.sequence == kept(world)["sequence"]

    play(tmp_path, scenario)


def test_nothing_is_sent_while_a_clients_money_is_under_way(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await started(world)
        sent = checkpoints_sent(world)
        paying = asyncio.create_task(Person(VirtualTerminal(world), [1000, 1000, 1000], ALWAYS_READ).pay())
        await until(lambda: life.service.cash.tender is not None)
        before = len(sent)
        while life.service.cash.tender is not None or life.service.receipts.busy:
            life.service.witness.payment_ended()
            await asyncio.sleep(0.05)
            assert len(sent) == before
        await paying
        await asyncio.sleep(SETTLED_S)
        assert len(sent) > before

    play(tmp_path, scenario)


def test_the_first_payment_waits_for_the_hosts_word_but_not_for_long(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        exchange = world.http.exchange

        async def stuck(request: HttpRequest, timeout_s: float) -> HttpResponse:
            if request.path == "/checkpoints":
                await asyncio.sleep(3600)
            return await exchange(request, timeout_s)

        world.http.exchange = stuck  # type: ignore[method-assign]
        life = world.start()
        clock = asyncio.get_running_loop()
        began = clock.time()
        await life.service.witness.first_word()
        assert clock.time() - began == 5.0
        await life.kill()
        world.http.exchange = exchange  # type: ignore[method-assign]
        life = world.start()
        began = clock.time()
        await life.service.witness.first_word()
        assert 1.0 < clock.time() - began < 1.5
        assert life.service.witness.report()["offered"]

    play(tmp_path, scenario)


def test_who_comes_while_another_waits_for_the_hosts_word_pays_for_nobody_else(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        exchange = world.http.exchange

        async def late(request: HttpRequest, timeout_s: float) -> HttpResponse:
            await asyncio.sleep(4.0 if request.path == "/checkpoints" else 0.0)
            return await exchange(request, timeout_s)

        world.http.exchange = late  # type: ignore[method-assign]
        life = world.start()
        desk = life.service.visits._desk
        await desk.look_up(AccountNumber(ALWAYS_READ))
        beginning = asyncio.create_task(desk.begin_cash(THOUSAND))
        await asyncio.sleep(0)
        desk.forget()
        await desk.look_up(AccountNumber(DEBTOR))
        assert isinstance(await beginning, PaymentRefused)
        assert life.service.health.offers.cash.offered
        assert life.opened.journal.next_payment() == 1

    play(tmp_path, scenario)


def test_a_word_of_the_host_that_comes_after_the_client_has_left_takes_no_slot_from_the_next(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await started(world)
        exchange, waits = world.http.exchange, [2.0]

        async def late(request: HttpRequest, timeout_s: float) -> HttpResponse:
            await asyncio.sleep(waits.pop() if waits and request.path == "/payments/check" else 0.0)
            return await exchange(request, timeout_s)

        world.http.exchange = late  # type: ignore[method-assign]
        desk, cash = life.service.visits._desk, life.service.cash
        await until(lambda: life.service.health.offers.cash.offered)
        await desk.look_up(AccountNumber(ALWAYS_READ))
        first = asyncio.create_task(desk.begin_cash(THOUSAND))
        await until(lambda: desk.number is not None)
        left = desk.number
        desk.forget()
        await desk.look_up(AccountNumber(DEBTOR))
        assert await desk.begin_cash(THOUSAND) is None
        assert cash.tender == desk.number != left
        assert await first is None
        assert cash.tender == desk.number
        assert left not in {each.number for each in life.service.book.payments}

    play(tmp_path, scenario)


def test_a_host_without_checkpoints_is_no_fault(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        world.osmp, world.http.base = True, "/osmp"
        life = await started(world)
        await pay(world)
        assert life.service.status.status()["journal"]["witnessed"]["offered"] is False
        assert not codes(life)
        assert life.opened.journal.latest(CheckpointWitnessed.kind) is None
        assert world.paid_at_host == THOUSAND

    play(tmp_path, scenario)
