"""A cash payment to a payee that speaks the OSMP provider protocol: the same visit, another wire."""

from __future__ import annotations

import asyncio
from pathlib import Path

from contracts.money import Money
from simulator.billing_host.demo_accounts import ALWAYS_READ
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TerminalWorld
from tests.support.virtual_loop import run_virtually


def test_a_cash_payment_over_osmp_with_lost_replies(tmp_path: Path) -> None:
    async def whole() -> None:
        world = TerminalWorld(tmp_path)
        world.osmp, world.http.base = True, "/osmp"
        life = world.start()
        try:
            person = Person(VirtualTerminal(world), [1000], ALWAYS_READ)
            paying = asyncio.create_task(person.pay())
            while life.service.cash.tender is None:
                await asyncio.sleep(0.2)
            world.http.lose_replies = 2
            await paying
            while life.opened.outbox.totals().count:
                await asyncio.sleep(0.5)
            assert world.paid_at_host == Money.rubles(1000)
            assert [each.total for each in world.receipts] == [100_000]
            assert life.opened.journal.broken_identities() == []
        finally:
            await world.close()

    run_virtually(whole())
