"""A note comes back that is not the one that was ordered in."""

from __future__ import annotations

import asyncio
from pathlib import Path

from contracts.money import Money
from terminal.payments.facts import NoteReturned
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TerminalWorld
from tests.support.virtual_loop import run_virtually


def test_the_note_that_was_ordered_in_is_disputed(tmp_path: Path) -> None:
    async def scene() -> None:
        world = TerminalWorld(tmp_path)
        life = world.start()
        paying = asyncio.create_task(Person(VirtualTerminal(world), [500]).pay())
        book = life.service.book
        while not any(each.pending for each in book.payments):
            await asyncio.sleep(0.005)
        life.service.cash.returned(Money.rubles(50))
        (payment,) = book.payments
        assert payment.pending is None
        assert [each.value for each in payment.disputed] == [Money.rubles(500)]
        kinds = [each.kind for each in life.opened.journal.records_after(0, 100)]
        assert NoteReturned.kind not in kinds
        paying.cancel()
        await world.close()

    run_virtually(scene())
