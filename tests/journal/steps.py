"""Steps of ordinary payments, for tests of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

from contracts.identifiers import (
    CaseNumber,
    IdempotencyKey,
    OperationNumber,
    PaymentNumber,
    TerminalId,
    payment_key,
    reading_key,
)
from contracts.money import Money
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.payments.facts import (
    CheckPassed,
    DataErased,
    IncidentOpened,
    NoteDisputed,
    NoteDisputeSettled,
    NoteStacked,
    NoteStackRequested,
    NoteUnassigned,
    PaymentCreated,
    PaymentDone,
    PaymentFunded,
    ReadingsTaken,
    ReceiptPrinted,
    ReceiptRegistered,
    ReceiptRequested,
    TransferAccepted,
    TransferRefused,
)
from terminal.ports.records import NewOutboxRow, OutboxKind, OutboxState, Sealed, Step
from terminal.ports.vault import DataKey

TERMINAL = TerminalId("T-0001")
ZONE = timezone(timedelta(hours=3))
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=ZONE)
STORAGE = "9999078900001234"
NOTE = Money.rubles(100)
SMALL_BALLAST_BYTES = 64 * 1024


@dataclass
class ScriptedClock:
    """Stands until it is moved."""

    at: datetime = NOON

    def monotonic(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return self.at


def opened(directory: Path, vfs: str | None = None, clock: ScriptedClock | None = None) -> OpenedJournal:
    """The journal of the test terminal, with a ballast small enough for tests."""
    return open_journal(directory / "journal.db", TERMINAL, clock or ScriptedClock(), vfs, SMALL_BALLAST_BYTES)


def key(number: int) -> IdempotencyKey:
    return payment_key(TERMINAL, PaymentNumber(number))


def readings_key(sequence: int) -> IdempotencyKey:
    return reading_key(TERMINAL, sequence)


def created(number: int, at: datetime = NOON) -> Step:
    ciphertext = f"sealed account of payment {number}".encode()
    digest = sha256(ciphertext).hexdigest()
    fact = PaymentCreated(PaymentNumber(number), key(number), digest, "0042", NOTE, NOTE * 10, at.isoformat())
    return Step((fact,), sealed=(Sealed(digest, ciphertext),), keys=(data_key(key(number)),))


def data_key(owner: str, epoch: int = 1) -> DataKey:
    return DataKey(owner, epoch, sha256(f"{owner} {epoch}".encode()).digest() + bytes(8))


def erased(number: int, epoch: int = 1) -> Step:
    return erasing(key(number), created(number).sealed[0].digest, epoch)


def erasing(owner: IdempotencyKey, sealed: str, epoch: int = 1) -> Step:
    return Step((DataErased(owner, sealed, epoch, NOON.isoformat()),))


def checked(number: int) -> Step:
    return Step((CheckPassed(PaymentNumber(number)),))


def asked(number: int, note: int = 1, value: Money = NOTE) -> Step:
    return Step((NoteStackRequested(PaymentNumber(number), note, value),))


def stacked(number: int, note: int = 1, value: Money = NOTE) -> Step:
    return Step((NoteStacked(PaymentNumber(number), note, value),))


def funded(number: int, total: Money = NOTE, at: datetime = NOON) -> Step:
    row = NewOutboxRow(key(number), OutboxKind.PAYMENT, f"sealed order {number}".encode(), at, total)
    return Step((PaymentFunded(PaymentNumber(number), total, at.isoformat()),), outbox=(row,))


def accepted(number: int, total: Money = NOTE) -> Step:
    fact = TransferAccepted(PaymentNumber(number), OperationNumber(f"op-{number}"), total, NOON.isoformat())
    return Step((fact,), settles=((key(number), OutboxState.DELIVERED),))


def refused(number: int, total: Money = NOTE) -> Step:
    fact = TransferRefused(PaymentNumber(number), total, "5", "no such account", CaseNumber(f"T-0001-{number:06d}"))
    return Step((fact,), settles=((key(number), OutboxState.PARKED),))


def registered(number: int, document: int | None = None, total: Money = NOTE) -> Step:
    at = NOON.replace(tzinfo=None).isoformat()
    return Step((ReceiptRegistered(PaymentNumber(number), STORAGE, document or number, 3_141_592_653, total, at),))


def incident(number: int) -> IncidentOpened:
    return IncidentOpened("link-down", f"attempt {number} " + "." * 200, NOON.isoformat())


def readings(sequence: int) -> Step:
    """Meter readings on their way out."""
    key = readings_key(sequence)
    row = NewOutboxRow(key, OutboxKind.READINGS, b"sealed readings", NOON)
    fact = ReadingsTaken(sequence, key, sha256(row.sealed_body).hexdigest(), 2, NOON.isoformat())
    return Step((fact,), outbox=(row,), keys=(data_key(key),))


def unassigned(value: Money = NOTE) -> Step:
    return Step((NoteUnassigned(value, CaseNumber("T-0001-000001"), "found in the cassette at start"),))


def disputed(number: int, note: int = 1, value: Money = NOTE) -> Step:
    return Step((NoteDisputed(PaymentNumber(number), note, value, CaseNumber(f"T-0001-{number:06d}")),))


def settled(number: int, note: int = 1, value: Money = NOTE, stacked: bool = True) -> NoteDisputeSettled:
    return NoteDisputeSettled(PaymentNumber(number), note, value, stacked)


def tender(number: int) -> list[Step]:
    """From S00 to a note in the cassette."""
    return [created(number), checked(number), asked(number), stacked(number)]


def whole_payment(number: int, at: datetime = NOON) -> list[Step]:
    """Every step of an ordinary cash payment of one note."""
    payment = PaymentNumber(number)
    request = ReceiptRequested(payment, STORAGE, number - 1, "d" * 64, at.isoformat(), 1)
    return [
        created(number, at),
        checked(number),
        asked(number),
        stacked(number),
        funded(number, at=at),
        Step((request,)),
        accepted(number),
        registered(number),
        Step((ReceiptPrinted(payment, True),)),
        Step((PaymentDone(payment),)),
    ]
