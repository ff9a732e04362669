"""A queue of payments that wait for nothing but the host, and the production worker that sends them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from random import Random

from contracts.identifiers import AccountNumber, PaymentNumber
from contracts.money import Money
from simulator.billing_host.demo_accounts import DEBTOR
from terminal.environment import halt
from terminal.journal.opening import OpenedJournal
from terminal.journal.vault import FileVault
from terminal.payments.facts import PaymentCreated, PaymentFunded
from terminal.ports.clock import Clock
from terminal.ports.processing import Processing
from terminal.ports.records import NewOutboxRow, OutboxKind, Sealed, Step
from terminal.ports.vault import SealedField
from terminal.service.client_data import ClientData, ServiceLine
from terminal.service.health import Health
from terminal.service.outbox_worker import OutboxWorker, TransferTerms
from terminal.service.payment_book import PaymentBook
from terminal.service.retry import BackOff
from terminal.service.same_day import DayTerms, SameDay
from tests.benchmarks.long_journal import write_records
from tests.journal import steps

DAY = DayTerms(time(21, 0), timedelta(hours=1), timedelta(hours=4), 10**9, Money.rubles(10**9))
"""No budget is ever spent."""
JOURNAL, VAULT = "journal.db", "vault.key"


def queue(directory: Path, count: int) -> OpenedJournal:
    """A journal with payments 1 to `count`, each of one note, funded at noon and due."""
    steps.opened(directory).journal.close()
    write_records(directory / JOURNAL, _funded_payments(FileVault(directory / VAULT), count))
    return steps.opened(directory)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The worker and what it works with."""

    opened: OpenedJournal
    book: PaymentBook
    health: Health
    worker: OutboxWorker


def dispatch(directory: Path, opened: OpenedJournal, processing: Processing, clock: Clock, pauses: BackOff) -> Dispatch:
    """The worker over a queue, its payments loaded."""
    vault = FileVault(directory / VAULT)
    book = PaymentBook(opened.journal, vault, clock, steps.TERMINAL, halt)
    health = Health(clock, book.record, book.stamp)
    same_day = SameDay(opened.journal, opened.outbox, book, processing, health, steps.TERMINAL, DAY)
    book.load()
    worker = OutboxWorker(
        opened.outbox, book, processing, vault, health, clock, same_day, TransferTerms(steps.TERMINAL, pauses),
        Random(0))
    return Dispatch(opened, book, health, worker)


def _funded_payments(vault: FileVault, count: int) -> Iterator[Step]:
    client = ClientData(AccountNumber(DEBTOR), "АО «Энергосбыт»", "2026-11", (ServiceLine("Электроэнергия", 10_000),))
    for value in range(1, count + 1):
        number, key, at = PaymentNumber(value), steps.key(value), steps.NOON.isoformat(timespec="seconds")
        data_key = vault.data_key(key)
        ciphertext = vault.seal(client.encode(), data_key, SealedField.CLIENT)
        digest = hashlib.sha256(ciphertext).hexdigest()
        created = PaymentCreated(number, key, digest, DEBTOR[-4:], steps.NOTE, steps.NOTE * 10, at)
        yield Step((created,), sealed=(Sealed(digest, ciphertext),), keys=(data_key,))
        yield from steps.tender(value)[1:]
        row = NewOutboxRow(key, OutboxKind.PAYMENT, b"", steps.NOON, steps.NOTE)
        yield Step((PaymentFunded(number, steps.NOTE, at),), outbox=(row,))
