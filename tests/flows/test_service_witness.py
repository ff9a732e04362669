"""The journal is witnessed by the host; an old copy of it, or a second one, takes no cash. Production service on
virtual time."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from contracts.checkpoint import SignedCheckpoint, signed_from_text
from contracts.faults import FaultCode
from contracts.identifiers import AccountNumber
from contracts.money import Money
from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ, DEBTOR
from simulator.billing_host.host import BillingHost
from terminal.payments.facts import CassetteMoved, CheckpointContradicted, CheckpointWitnessed, IncidentOpened
from terminal.ports.http import HttpRequest, HttpResponse
from terminal.visit.events import PaymentRefused
from tests.support.checkpoints import signer
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TERMINAL, TODAY, InMemoryHttp, Life, TerminalWorld
from tests.support.virtual_loop import run_virtually

Scenario = Callable[[TerminalWorld], Coroutine[Any, Any, None]]
THOUSAND = Money.rubles(1000)
SETTLED_S = 60.0
"""After this a visit and what follows it are over."""
CLOSING = {FaultCode.JOURNAL_ROLLED_BACK, FaultCode.JOURNAL_FORKED, FaultCode.JOURNAL_KEY_FOREIGN}


def play(directory: Path, scenario: Scenario) -> None:
    async def whole() -> None:
        (directory / "disk").mkdir()
        world = TerminalWorld(directory / "disk")
        try:
            await scenario(world)
        finally:
            await world.close()

    run_virtually(whole(), limit_s=3 * 24 * 3600.0)


async def started(world: TerminalWorld) -> Life:
    life = world.start()
    await until(lambda: life.service.witness.report()["offered"] is not None)
    return life


async def pay(world: TerminalWorld) -> None:
    await Person(VirtualTerminal(world), [1000], ALWAYS_READ).pay()
    await asyncio.sleep(SETTLED_S)


async def until(holds: Callable[[], bool], limit_s: float = 3600.0) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():
            await asyncio.sleep(0.5)


def codes(life: Life) -> set[FaultCode]:
    return {fault.code for fault in life.service.health.faults}


def closing(life: Life) -> set[FaultCode]:
    return codes(life) & CLOSING


def kept(world: TerminalWorld) -> dict[str, Any]:
    return world.host.witness.kept(TERMINAL)


def witnessed(life: Life) -> SignedCheckpoint:
    fact = life.opened.journal.latest(CheckpointWitnessed.kind)
    assert isinstance(fact, CheckpointWitnessed)
    return signed_from_text(fact.signed)


def checkpoints_sent(world: TerminalWorld) -> list[HttpRequest]:
    """From now on, every checkpoint that goes to the host."""
    sent: list[HttpRequest] = []
    exchange = world.http.exchange

    async def watched(request: HttpRequest, timeout_s: float) -> HttpResponse:
        if request.path == "/checkpoints":
            sent.append(request)
        return await exchange(request, timeout_s)

    world.http.exchange = watched  # type: ignore[method-assign]
    return sent


def copy_of_the_disk(world: TerminalWorld) -> Path:
    copy = world.directory.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(world.directory, copy)
    return copy


def put_back(world: TerminalWorld, copy: Path) -> None:
    shutil.rmtree(world.directory)
    shutil.copytree(copy, world.directory)


async def rolled_back(world: TerminalWorld) -> None:
    """A payment is made and witnessed; then the disk is put back to what it was before it."""
    await (await started(world)).kill()
    copy = copy_of_the_disk(world)
    life = await started(world)
    await pay(world)
    assert witnessed(life).checkpoint.balances["provider-posted"] == THOUSAND.kopecks
    await life.kill()
    put_back(world, copy)


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


def test_an_old_copy_of_the_disk_takes_no_cash_until_a_person_at_the_host_has_decided(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        await rolled_back(world)
        life = await started(world)
        assert closing(life) == {FaultCode.JOURNAL_ROLLED_BACK}
        await asyncio.sleep(SETTLED_S)
        assert not life.service.health.cash().offered
        assert life.service.health.readings().offered
        await life.kill()

        world.http.reachable = False
        life = world.start()
        await asyncio.sleep(SETTLED_S)
        assert closing(life) == {FaultCode.JOURNAL_ROLLED_BACK}, "over a restart, without the host"
        world.http.reachable = True
        await asyncio.sleep(600)
        assert closing(life) == {FaultCode.JOURNAL_ROLLED_BACK}
        records = life.opened.journal.records_after(0, 1000)
        assert len([each for each in records if each.kind == CheckpointContradicted.kind]) == 1

        world.host.witness.forget(TERMINAL)
        await until(lambda: not closing(life), 120)
        assert life.service.health.cash().offered
        assert FaultCode.WITNESS_UNRELIABLE not in codes(life), "it was asked to forget"
        await life.kill()
        world.http.reachable = False
        life = world.start()
        await asyncio.sleep(SETTLED_S)
        assert not closing(life), "for good"

    play(tmp_path, scenario)


def test_an_old_copy_that_has_outgrown_what_was_witnessed_is_found_too(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        await rolled_back(world)
        world.http.reachable = False
        life = world.start()
        while life.opened.journal.newest() <= kept(world)["sequence"]:
            await life.kill()
            life = world.start()
            await asyncio.sleep(0.1)
        assert not closing(life)
        world.http.reachable = True
        await until(lambda: bool(closing(life)))
        assert closing(life) == {FaultCode.JOURNAL_FORKED}
        assert not life.service.health.cash().offered

    play(tmp_path, scenario)


def test_of_two_copies_that_live_on_only_one_takes_cash(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await started(world)
        await life.kill()
        copy = copy_of_the_disk(world)
        life = await started(world)
        await life.kill()
        shutil.move(world.directory, world.directory.with_name("first"))
        put_back_into = world.directory
        shutil.copytree(copy, put_back_into)
        clone = await started(world)
        assert closing(clone), "the copy"
        await clone.kill()
        put_back(world, world.directory.with_name("first"))
        assert not closing(await started(world)), "the one that was witnessed goes on"

    play(tmp_path, scenario)


def test_a_new_disk_with_a_new_key_takes_no_cash(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        await (await started(world)).kill()
        shutil.rmtree(world.directory)
        world.directory.mkdir()
        world.seed = 99
        life = await started(world)
        assert closing(life) == {FaultCode.JOURNAL_KEY_FOREIGN}
        world.host.witness.forget(TERMINAL)
        await until(lambda: not closing(life), 120)
        assert witnessed(life).public_key == kept_key(world)

    def kept_key(world: TerminalWorld) -> str:
        select = "SELECT public_key FROM witnessed"
        return str(world.host.store.connection.execute(select).fetchone()[0])

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


def test_a_host_that_has_forgotten_is_a_fault_of_the_host(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await started(world)
        await asyncio.sleep(400)
        connection = world.host.store.connection
        row = connection.execute("SELECT * FROM witnessed").fetchone()
        for forget in (lambda: connection.execute("INSERT OR REPLACE INTO witnessed VALUES (?, ?, ?, ?, ?, ?)", row),
                       lambda: world.host.witness.forget(TERMINAL)):
            await pay(world)
            forget()
            await pay(world)
            assert codes(life) == {FaultCode.WITNESS_UNRELIABLE}
            assert life.service.health.cash().offered
            incident = life.opened.journal.latest(IncidentOpened.kind)
            assert isinstance(incident, IncidentOpened)
            assert "forgotten" in incident.detail
            await pay(world)
            assert not codes(life), "it keeps them again"

    play(tmp_path, scenario)


def test_a_counter_signature_that_does_not_hold_is_worth_nothing(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        world.host.behaviours.put("sign-wrong")
        life = await started(world)
        assert codes(life) >= {FaultCode.WITNESS_UNRELIABLE}
        assert life.opened.journal.latest(CheckpointWitnessed.kind) is None
        world.host.behaviours.put("refuse-checkpoints", "closed-today")
        await pay(world)
        assert life.opened.journal.latest(CheckpointWitnessed.kind) is None
        assert life.service.health.cash().offered
        world.host.behaviours.calm()
        await pay(world)
        assert witnessed(life)
        assert not codes(life)

    play(tmp_path, scenario)


def test_another_key_of_the_host_is_not_trusted(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await started(world)
        before = witnessed(life)
        await life.kill()
        another = BillingHost(":memory:", lambda: TODAY, seed=7, accounts=0)
        world.http = InMemoryHttp(another)
        life = await started(world)
        assert FaultCode.WITNESS_UNRELIABLE in codes(life), "trusted at the first use, from the journal"
        await asyncio.sleep(600)
        assert witnessed(life) == before
        await life.kill()
        world.terms = replace(world.terms, witness_key=signer(b"witness 7").public_key.hex())
        life = await started(world)
        pinned = witnessed(life)
        assert pinned != before, "the configuration decides"
        await life.kill()
        world.http = InMemoryHttp(world.host)
        life = await started(world)
        assert FaultCode.WITNESS_UNRELIABLE in codes(life)
        assert witnessed(life) == pinned
        another.store.close()

    play(tmp_path, scenario)


def test_a_contradiction_that_is_not_proved_closes_nothing(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        await (await started(world)).kill()
        connection = world.host.store.connection
        seen = signed_from_text(connection.execute("SELECT signed FROM witnessed").fetchone()[0])
        later = replace(seen.checkpoint, position=replace(seen.checkpoint.position, sequence=10**6))
        forged = SignedCheckpoint(later, seen.public_key, seen.signature)
        connection.execute("UPDATE witnessed SET signed = ?", (forged.text(),))
        life = await started(world)
        assert not closing(life)
        assert FaultCode.WITNESS_UNRELIABLE in codes(life)

    play(tmp_path, scenario)


def test_a_journal_that_is_not_what_its_own_last_counter_signature_says(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await started(world)
        seen = witnessed(life)
        wrong = replace(seen.checkpoint, position=replace(seen.checkpoint.position, head="0" * 64))
        fact = life.opened.journal.latest(CheckpointWitnessed.kind)
        assert isinstance(fact, CheckpointWitnessed)
        life.service.book.record(replace(fact, signed=replace(seen, checkpoint=wrong).text()))
        await life.kill()
        world.http.reachable = False
        life = world.start()
        await asyncio.sleep(SETTLED_S)
        assert closing(life) == {FaultCode.JOURNAL_FORKED}, "without asking anybody"

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


def test_a_client_quicker_than_the_hosts_word_puts_nothing_into_an_old_copy(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        await rolled_back(world)
        notes = world.cassette
        person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
        exchange = world.http.exchange

        async def late(request: HttpRequest, timeout_s: float) -> HttpResponse:
            response = await exchange(request, timeout_s)
            if request.path == "/checkpoints":
                await until(lambda: PageKind.AMOUNT in person.seen)
                await asyncio.sleep(2.0)
            return response

        world.http.exchange = late  # type: ignore[method-assign]
        life = world.start()
        paying = asyncio.create_task(person.pay())
        await until(lambda: bool(closing(life)))
        await asyncio.sleep(SETTLED_S)
        paying.cancel()
        assert PageKind.INSERT_CASH not in person.seen
        assert life.opened.journal.next_payment() == 1, "no payment was begun"
        assert world.cassette == notes

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
        assert life.service.health.cash().offered
        assert life.opened.journal.next_payment() == 1

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
