"""A person's data goes when nobody needs it: on the whole terminal, in every copy, through power cuts."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from datetime import time
from pathlib import Path
from typing import Any

import apsw
import pytest

from contracts.identifiers import PaymentNumber, payment_key
from contracts.pages import PageKind, Touch
from simulator.billing_host.demo_accounts import ALWAYS_READ
from terminal.journal.vault import RING_NAME, FileVault
from terminal.ports.vault import DataKey, SealedField, VaultBroken
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TERMINAL, Life, TerminalWorld
from tests.support.virtual_loop import run_virtually

EVENING = time(20, 45)
"""A quarter of an hour before the day is closed."""
DISPUTE_WINDOW_S = 4 * 86_400.0
"""More than the longest time that data of a closed day is kept by default."""
FIRST = PaymentNumber(1)

Scenario = Callable[[TerminalWorld], Coroutine[Any, Any, None]]


def play(directory: Path, scenario: Scenario) -> None:
    async def whole() -> None:
        world = TerminalWorld(directory, begins=EVENING)
        try:
            await scenario(world)
        finally:
            await world.close()

    run_virtually(whole())


async def until(condition: Callable[[], bool], limit_s: float = 900.0) -> None:
    async with asyncio.timeout(limit_s):
        while not condition():
            await asyncio.sleep(0.5)


def on(life: Life, kind: PageKind) -> bool:
    return life.page.kind is kind


def kinds(life: Life, letter: str = "E") -> list[str]:
    return [each.kind for each in life.opened.journal.records_after(0, 1000) if each.kind.startswith(letter)]


def has_data(life: Life, number: PaymentNumber = FIRST) -> bool:
    return life.opened.journal.data_key(payment_key(TERMINAL, number)) is not None


async def paid_and_closed(world: TerminalWorld) -> Life:
    """A client has paid, and the day is closed."""
    life = world.start()
    await Person(VirtualTerminal(world), [1000], ALWAYS_READ).pay()
    life.service.visits.touched(Touch(life.page.number, "exit"))
    await until(lambda: life.opened.journal.latest("Z30") is not None, 1200.0)
    return life


async def gives_up(world: TerminalWorld, life: Life) -> None:
    """A client goes as far as the slot and leaves without having put anything in."""
    person = Person(VirtualTerminal(world), [], ALWAYS_READ)
    while not on(life, PageKind.INSERT_CASH):
        person.step()
        await asyncio.sleep(0.5)
    while not on(life, PageKind.START):
        life.service.visits.touched(Touch(life.page.number, "exit"))
        await asyncio.sleep(0.5)


def copies_open(copy: Path, vault: FileVault) -> list[bool]:
    """Whether each sealed account in a copy of the journal opens."""
    connection = apsw.Connection(str(copy))
    select = (
        "SELECT data_key.owner, epoch, wrapped, ciphertext FROM data_key JOIN payment ON payment.key = owner"
        " JOIN record ON record.payment = number AND slot = 'S00'"
        " JOIN sealed ON digest = record.body ->> '$.sealed_account'"
    )
    found: list[bool] = []
    for owner, epoch, wrapped, ciphertext in connection.execute(select):
        try:
            vault.open(ciphertext, DataKey(owner, epoch, wrapped), SealedField.CLIENT)
        except VaultBroken:
            found.append(False)
        else:
            found.append(True)
    connection.close()
    return found


def copied(world: TerminalWorld, name: str) -> Path:
    directory = world.directory / name
    directory.mkdir()
    for each in ("journal.db", "journal.db-wal", "vault.key", RING_NAME):
        shutil.copy(world.directory / each, directory)
    return directory


def test_a_payment_keeps_its_data_while_it_may_be_disputed_and_no_longer(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await paid_and_closed(world)
        await asyncio.sleep(1300.0)
        assert has_data(life)
        assert kinds(life) == []
        before = copied(world, "before")
        world.clock.set_back(-DISPUTE_WINDOW_S)
        await until(lambda: kinds(life) == ["E10", "E30"])
        assert not has_data(life)
        assert life.opened.journal.broken_identities() == []
        assert copies_open(before / "journal.db", FileVault(before / "vault.key")) == [True]
        assert copies_open(before / "journal.db", FileVault(world.directory / "vault.key")) == [False]

    play(tmp_path, scenario)


def test_a_client_who_has_not_paid_leaves_nothing(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = world.start()
        await until(lambda: life.service.health.offers.cash.offered)
        await gives_up(world, life)
        await until(lambda: not has_data(life), 30.0)
        await until(lambda: kinds(life) == ["E10", "E30"])

    play(tmp_path, scenario)


def test_what_is_still_needed_lives_on_under_a_fresh_epoch(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = world.start()
        await until(lambda: life.service.health.offers.cash.offered)
        paying = asyncio.create_task(Person(VirtualTerminal(world), [1000], ALWAYS_READ).pay())
        await until(lambda: life.service.cash.tender is not None)
        world.http.reachable = False
        await paying
        life.service.visits.touched(Touch(life.page.number, "exit"))
        world.http.reachable = True
        await gives_up(world, life)
        world.http.reachable = False
        await until(lambda: kinds(life)[-1:] == ["E30"])
        assert kinds(life) == ["E10", "E20", "E30"]
        key = life.opened.journal.data_key(payment_key(TERMINAL, FIRST))
        assert key is not None
        assert key.epoch == 2
        await life.kill()
        world.http.reachable = True
        world.start()
        await until(lambda: world.paid_at_host.kopecks == 100_000)
        assert len(world.receipts) == 1

    play(tmp_path, scenario)


@pytest.mark.parametrize("looks", range(6))
def test_a_cut_anywhere_in_the_erasing_is_gone_on_from(tmp_path: Path, looks: int) -> None:
    async def scenario(world: TerminalWorld) -> None:
        life = await paid_and_closed(world)
        await gives_up(world, life)
        for _ in range(looks):
            life.service.erasure.look()
        await life.kill()
        life = world.start()
        await until(lambda: kinds(life)[-1:] == ["E30"])
        assert kinds(life) == ["E10", "E20", "E30"]
        assert has_data(life, FIRST)
        assert not has_data(life, PaymentNumber(2))
        client = copies_open(copied(world, "after") / "journal.db", FileVault(world.directory / "vault.key"))
        assert client == [True]

    play(tmp_path, scenario)


def test_without_a_host_that_compares_days_the_time_alone_decides(tmp_path: Path) -> None:
    async def scenario(world: TerminalWorld) -> None:
        world.osmp, world.http.base = True, "/osmp"
        life = world.start()
        await Person(VirtualTerminal(world), [1000], ALWAYS_READ).pay()
        life.service.visits.touched(Touch(life.page.number, "exit"))
        await until(lambda: not life.service.same_day.compared, 1200.0)
        await asyncio.sleep(1200.0)
        assert has_data(life)
        world.clock.set_back(-DISPUTE_WINDOW_S)
        await until(lambda: not has_data(life))

    play(tmp_path, scenario)
