"""A long night without the host: everything that was taken is settled after the restart, whatever its number."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NoReturn

from contracts.identifiers import AccountNumber
from contracts.money import Money
from simulator.billing_host.demo_accounts import ALWAYS_READ
from terminal.journal.opening import open_journal
from terminal.journal.vault import FileVault
from terminal.payments.messages import CheckAnswered, EscrowReported, StackedReported, TenderEnded
from terminal.service.client_data import ClientData, ServiceLine
from terminal.service.payment_book import PaymentBook
from terminal.service.side_work import MAX_TASKS
from tests.support.terminal_world import SMALL_BALLAST, TERMINAL, TerminalWorld
from tests.support.virtual_loop import run_virtually

PAYMENTS = MAX_TASKS + 16
FIVE_HUNDRED = Money.rubles(500)


def fund(book: PaymentBook) -> None:
    """One payment as its records would have it, its client long gone."""
    client = ClientData(AccountNumber(ALWAYS_READ), "Двинская", "2026-02", (ServiceLine("Электроэнергия", 50_000),))
    number = book.open(client, FIVE_HUNDRED, Money.rubles(15_000)).number
    for message in (
        CheckAnswered(), EscrowReported(FIVE_HUNDRED), StackedReported(FIVE_HUNDRED), TenderEnded(book.stamp())
    ):
        book.tell(number, message)


def refuse(reason: str) -> NoReturn:
    raise AssertionError(reason)


async def night(directory: Path) -> None:
    world = TerminalWorld(directory)
    opened = open_journal(directory / "journal.db", TERMINAL, world.clock, ballast_bytes=SMALL_BALLAST)
    book = PaymentBook(opened.journal, FileVault(directory / "vault.key"), world.clock, TERMINAL, refuse)
    for _ in range(PAYMENTS):
        fund(book)
    opened.journal.close()
    life = world.start()
    try:
        async with asyncio.timeout(3600.0):
            while not life.service.worker.delivered or life.service.book.payments:
                assert not life.ended, "the service has fallen"
                await asyncio.sleep(1.0)
        assert world.paid_at_host == FIVE_HUNDRED * PAYMENTS
        assert len(world.receipts) == PAYMENTS
        assert life.opened.journal.broken_identities() == []
    finally:
        await world.close()


def test_more_payments_than_side_work_are_settled_after_a_restart(tmp_path: Path) -> None:
    run_virtually(night(tmp_path))
