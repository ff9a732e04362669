"""Steps of the tests in which the journal is witnessed: a terminal on virtual time, its disk copied and put back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from contracts.checkpoint import SignedCheckpoint, signed_from_text
from contracts.faults import FaultCode
from contracts.money import Money
from simulator.billing_host.demo_accounts import ALWAYS_READ
from terminal.payments.facts import CheckpointWitnessed
from terminal.ports.http import HttpRequest, HttpResponse
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TERMINAL, Life, TerminalWorld
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
