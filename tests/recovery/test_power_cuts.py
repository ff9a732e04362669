"""Power goes anywhere during a visit - of the service, of one device, of everything - and comes back.

A seed decides when and what. Afterwards every note is explained: credited, given back, disputed with a case, or
recorded as nobody's; the host and the fiscal storage hold each payment exactly once.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from random import Random

import pytest

from contracts.money import Money
from terminal.payments.facts import NoteDisputed, NoteDisputeSettled, NoteUnassigned
from terminal.payments.payment import PaymentState
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TerminalWorld
from tests.support.virtual_loop import run_virtually

NOTES = [1000, 500, 1000]
CUTS_UNTIL_S = 45.0
DARK_S = (0.5, 12.0)
CALM_S = 400.0
KINDS = ("service", "acceptor", "register", "everything", "host")


class Blackouts:
    """Cuts the power of parts of the world at random moments, and gives it back."""

    def __init__(self, world: TerminalWorld, seed: int, cuts: int) -> None:
        self.world = world
        self.random = Random(seed)
        self.plan = sorted((self.random.uniform(2.0, CUTS_UNTIL_S), self.random.choice(KINDS)) for _ in range(cuts))
        self.done: list[str] = []

    async def run(self) -> None:
        began = asyncio.get_running_loop().time()
        for moment, kind in self.plan:
            await asyncio.sleep(max(0.0, began + moment - asyncio.get_running_loop().time()))
            await self._cut(kind)

    async def _cut(self, kind: str) -> None:
        self.done.append(kind)
        world, dark_s = self.world, self.random.uniform(*DARK_S)
        if kind in ("service", "everything"):
            assert world.life is not None
            await world.life.kill()
        if kind in ("acceptor", "everything"):
            world.acceptor.cut_power()
        if kind in ("register", "everything"):
            world.register.cut_power()
        if kind == "host":
            world.http.reachable = False
        await asyncio.sleep(dark_s)
        world.acceptor.power_on()
        world.register.power_on()
        world.http.reachable = True
        assert world.life is not None
        if world.life.dead:
            world.start()


async def visit(directory: Path, seed: int, cuts: int) -> TerminalWorld:
    world = TerminalWorld(directory, seed)
    world.start()
    person = Person(VirtualTerminal(world), NOTES)
    paying = asyncio.create_task(person.pay())
    await Blackouts(world, seed, cuts).run()
    await asyncio.wait([paying], timeout=900.0)
    paying.cancel()
    await asyncio.sleep(CALM_S)
    return world


def check(world: TerminalWorld) -> None:
    life = world.life
    assert life is not None
    journal = life.opened.journal
    broken = journal.broken_identities()
    assert not broken, broken
    facts = [record for record in journal.records_after(0, 10_000)]
    sums = {kind: sum(_value(each.body) for each in facts if each.kind == kind) for kind in ("C20", "C50", "S20")}
    disputed = sum(_value(each.body) for each in facts if each.kind == NoteDisputed.kind)
    settled = sum(_value(each.body) for each in facts if each.kind == NoteDisputeSettled.kind)
    in_books = sums["C20"] + sums["C50"]
    assert in_books <= world.cassette.kopecks <= in_books + disputed - settled, "a note is unexplained"
    assert sums["C50"] == 0 or NoteUnassigned.kind in {each.kind for each in facts}
    waiting = [each for each in life.service.book.payments if each.state is not PaymentState.CANCELLED]
    assert not [each for each in waiting if not each.disputed], waiting
    assert world.paid_at_host.kopecks == sums["S20"] == sums["C20"]
    assert sum(each.total for each in world.receipts) == sums["S20"]
    assert life.opened.outbox.totals().count == 0


def _value(body: str) -> int:
    fields = json.loads(body)
    return int(fields.get("value", fields.get("total", 0)))


def play(directory: Path, seed: int, cuts: int) -> Money:
    async def whole() -> Money:
        world = await visit(directory, seed, cuts)
        try:
            check(world)
            return world.cassette
        finally:
            await world.close()

    return run_virtually(whole())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_blackouts(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed, cuts=1 + seed % 4)
