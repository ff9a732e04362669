"""A note of nobody stays a fault over restarts, until the cassette that it lies in is taken out."""

from __future__ import annotations

import asyncio
from pathlib import Path

from contracts.faults import FaultCode
from contracts.money import Money
from terminal.payments.facts import IncidentOpened
from tests.flows.test_service_faults import codes, until
from tests.support.terminal_world import Life, TerminalWorld
from tests.support.virtual_loop import run_virtually


def cases(life: Life) -> str:
    return next((each.detail for each in life.service.health.faults if each.code is FaultCode.NOTE_UNASSIGNED), "")


async def ready(life: Life) -> None:
    await until(lambda: life.service.health.offers.cash.offered)


def test_a_note_of_nobody_is_a_fault_until_the_cassette_is_taken_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        world = TerminalWorld(tmp_path)
        life = world.start()
        try:
            await ready(life)
            assert FaultCode.NOTE_UNASSIGNED not in codes(life)
            life.service.cash.stacked(Money.rubles(100))
            await asyncio.sleep(1)
            life.service.cash.stacked(Money.rubles(500))
            life = await restarted(world, life)
            noted = [note.case for note in life.opened.journal.unassigned_notes()]
            assert len(noted) == 2
            assert cases(life) == f"cases {', '.join(noted)}"

            world.acceptor.mechanism.pull_cassette()
            world.acceptor.firmware.cassette_pulled()
            await until(lambda: FaultCode.NOTE_UNASSIGNED not in codes(life))
            world.acceptor.mechanism.insert_cassette()
            world.acceptor.firmware.initialise()
            await ready(life)
            life = await restarted(world, life)
            assert FaultCode.NOTE_UNASSIGNED not in codes(life)

            life.service.cash.stacked(Money.rubles(1000))
            life = await restarted(world, life)
            assert cases(life).count("-note-") == 1, "only what lies in the present cassette"
        finally:
            await world.close()

    run_virtually(scenario())


def test_notes_of_one_instant_have_cases_of_their_own(tmp_path: Path) -> None:
    """Each names the record that tells of it."""

    async def scenario() -> None:
        world = TerminalWorld(tmp_path)
        life = world.start()
        try:
            await ready(life)
            for rubles in (100, 500, 100):
                life.service.cash.in_escrow(Money.rubles(rubles))
                life.service.cash.stacked(Money.rubles(rubles))
            noted = [note.case for note in life.opened.journal.unassigned_notes()]
            records = [each for each in life.opened.journal.records_after(0, 1000) if each.kind == "C50"]
            assert len({each.at for each in records}) == 1, "one instant"
            assert noted == [f"T-0001-note-{each.sequence:06d}" for each in records]
            assert len(set(noted)) == 3
        finally:
            await world.close()

    run_virtually(scenario())


async def restarted(world: TerminalWorld, life: Life) -> Life:
    await life.kill()
    life = world.start()
    await ready(life)
    return life


def test_a_note_that_vanished_without_an_order_is_told_to_whoever_counts(tmp_path: Path) -> None:
    """The acceptor stacked it by itself, lost its power and its memory: no value, so no record of a note."""

    async def scenario() -> None:
        world = TerminalWorld(tmp_path)
        life = world.start()
        try:
            await ready(life)
            life.service.cash.lost("stacked without an order")
            assert FaultCode.NOTE_UNACCOUNTED in codes(life)
            told = life.opened.journal.latest("I10")
            assert isinstance(told, IncidentOpened)
            assert (told.code, told.detail) == (FaultCode.NOTE_UNACCOUNTED, "stacked without an order")

            world.acceptor.mechanism.pull_cassette()
            world.acceptor.firmware.cassette_pulled()
            await until(lambda: FaultCode.NOTE_UNACCOUNTED not in codes(life))
        finally:
            await world.close()

    run_virtually(scenario())
