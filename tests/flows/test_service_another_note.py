"""A note comes back, or lies in the cassette, that is not the one that was ordered in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from contracts.money import Money
from terminal.payments.facts import NoteReturned
from terminal.payments.payment import Payment
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import Life, TerminalWorld
from tests.support.virtual_loop import run_virtually

FIVE_HUNDRED = Money.rubles(500)


def with_a_note_on_its_way(directory: Path, act: Callable[[Life], None]) -> None:
    """Five hundred rubles have been ordered in when something happens."""

    async def scene() -> None:
        world = TerminalWorld(directory)
        life = world.start()
        paying = asyncio.create_task(Person(VirtualTerminal(world), [500]).pay())
        while not any(each.pending for each in life.service.book.payments):
            await asyncio.sleep(0.005)
        act(life)
        paying.cancel()
        await world.close()

    run_virtually(scene())


def the_payment(life: Life) -> Payment:
    (payment,) = life.service.book.payments
    return payment


def test_the_note_that_was_ordered_in_is_disputed_when_another_comes_back(tmp_path: Path) -> None:
    def another_comes_back(life: Life) -> None:
        life.service.cash.returned(Money.rubles(50))
        payment = the_payment(life)
        assert payment.pending is None
        assert [each.value for each in payment.disputed] == [FIVE_HUNDRED]
        kinds = [each.kind for each in life.opened.journal.records_after(0, 100)]
        assert NoteReturned.kind not in kinds

    with_a_note_on_its_way(tmp_path, another_comes_back)


def test_another_note_in_the_cassette_is_the_clients_and_they_hear_of_the_dispute(tmp_path: Path) -> None:
    def another_is_stacked(life: Life) -> None:
        life.service.cash.stacked(Money.rubles(2000))
        payment = the_payment(life)
        assert payment.inserted == Money.rubles(2000)
        (disputed,) = payment.disputed
        assert disputed.value == FIVE_HUNDRED
        journal = life.opened.journal
        kinds = [each.kind for each in journal.records_after(0, 100) if each.payment == payment.number]
        assert kinds[-3:] == ["C40", "C10", "C20"]
        assert journal.cassette() == {Money.rubles(2000): 1}
        assert not journal.broken_identities()
        page = life.service.visits.page
        assert page is not None
        assert any("купюра 500" in each.text and disputed.case in each.text for each in page.notices)
        life.service.cash.stacked(Money.rubles(2000))  # the acceptor has not heard that it was heard
        assert the_payment(life).inserted == Money.rubles(2000)

    with_a_note_on_its_way(tmp_path, another_is_stacked)
