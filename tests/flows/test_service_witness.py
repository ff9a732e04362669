"""An old copy of the journal, a second one, and a host that cannot be relied on. Production service on virtual time."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

from contracts.checkpoint import SignedCheckpoint, signed_from_text
from contracts.faults import FaultCode
from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ
from simulator.billing_host.host import BillingHost
from terminal.payments.facts import CheckpointContradicted, CheckpointWitnessed, IncidentOpened
from terminal.ports.http import HttpRequest, HttpResponse
from tests.support.checkpoints import signer
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TERMINAL, TODAY, InMemoryHttp, TerminalWorld
from tests.support.witness_steps import (
    SETTLED_S,
    closing,
    codes,
    copy_of_the_disk,
    kept,
    pay,
    play,
    put_back,
    rolled_back,
    started,
    until,
    witnessed,
)


def test_an_old_copy_of_the_disk_takes_no_cash_until_a_person_at_the_host_has_decided(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        await rolled_back(world)
        life = await started(world)
        assert closing(life) == {FaultCode.JOURNAL_ROLLED_BACK}
        await asyncio.sleep(SETTLED_S)
        assert not life.service.health.offers.cash.offered
        assert life.service.health.offers.readings.offered
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
        assert life.service.health.offers.cash.offered
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
        assert not life.service.health.offers.cash.offered

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
            assert life.service.health.offers.cash.offered
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
        assert life.service.health.offers.cash.offered
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
