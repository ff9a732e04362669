"""Ports of durable memory: the journal and its outbox.

One step is one transaction and one sync of the disk. When `append` returns, the step survives a power cut; when it
raises `StoreFailed`, nobody knows whether it does: the process must end at once and the next one reads the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from contracts.checkpoint import Position
from contracts.identifiers import IdempotencyKey, PaymentNumber
from contracts.money import Money
from terminal.payments.facts import DeviceSeen, Fact, NoteUnassigned, PaymentFact
from terminal.payments.postings import LedgerAccount
from terminal.ports.vault import DataKey


class StoreFailed(Exception):
    """The store did not confirm. What happened is unknown until the file is opened again by a fresh process."""


class StoreRefused(Exception):
    """The store cannot be opened and must not be used: another process has it, the library is unsafe, the chain is
    broken, the disk is full or read-only. Says which, and what to do."""


class OutboxKind(StrEnum):
    PAYMENT = "payment"
    READINGS = "readings"


class OutboxState(StrEnum):
    DUE = "due"
    DELIVERED = "delivered"
    PARKED = "parked"
    """Refused for good; a person must act. Never skipped in silence."""


@dataclass(frozen=True, slots=True)
class NewOutboxRow:
    """Something that must leave the terminal. `sealed_body` is encrypted; the store never sees the clear text."""

    key: IdempotencyKey
    kind: OutboxKind
    sealed_body: bytes
    created_at: datetime
    amount: Money = Money(0)
    """For the offline budget and the day's sums; zero for readings."""
    created_text: str = field(init=False, repr=False, compare=False)
    """`created_at` in ISO form: written once, for every place that keeps it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "created_text", self.created_at.isoformat())


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row as it stands."""

    sequence: int
    """Order of creation; the oldest is sent first."""
    key: IdempotencyKey
    kind: OutboxKind
    sealed_body: bytes
    created_at: datetime
    amount: Money
    attempts: int
    next_at: datetime
    state: OutboxState


@dataclass(frozen=True, slots=True)
class Sealed:
    """Encrypted personal data; facts refer to it by `digest`."""

    digest: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """What is remembered together or not at all, in this order."""

    facts: tuple[Fact, ...]
    outbox: tuple[NewOutboxRow, ...] = ()
    sealed: tuple[Sealed, ...] = ()
    settles: tuple[tuple[IdempotencyKey, OutboxState], ...] = ()
    """Outbox rows that this step ends."""
    keys: tuple[DataKey, ...] = ()
    """Keys of sealed data; one of an owner that has one replaces it. An E10 deletes its owner's, and the data."""


@dataclass(frozen=True, slots=True)
class Erasable:
    """Personal data that nobody needs any more."""

    key: IdempotencyKey
    """Of the payment or the readings."""
    sealed: str
    """Digest of the data."""


@dataclass(frozen=True, slots=True)
class OutboxTotals:
    """What is still unsent."""

    count: int
    amount: Money
    oldest_at: datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class DayTotals:
    """Both sides' view of a day's payments: what is compared at its end. A payment belongs to the day of its S20."""

    day: str
    """ISO date in the terminal's zone."""
    first: int
    """Number of the first payment of the day, 0 when there was none."""
    last: int
    count: int
    sum: Money
    head: str
    """Head of the chain over the day's accepted payments in order of their numbers: each link is the SHA-256 of the
    previous link's 32 bytes (32 zero bytes before the first) and `key:kopecks` in ASCII; hexadecimal."""


@dataclass(frozen=True, slots=True)
class BrokenIdentity:
    """One identity of the journal that does not hold."""

    number: int
    """1 debits = credits · 2 cassette = notes stacked · 3 cassette = paid + open credit + unassigned · 5 documents =
    payments with F20 · 6 one key for each funded payment, sent ∪ unsent = all · 8 a note stacked with a payment open
    is that payment's · 9 chain unbroken."""
    text: str


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """One piece of all that the journal holds has been checked."""

    pass_over: bool
    """It was the last piece; the next one begins from the beginning."""
    broken: tuple[BrokenIdentity, ...]


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record as it stands in the journal."""

    sequence: int
    at: str
    kind: str
    payment: PaymentNumber | None
    body: str


class Journal(Protocol):
    """The append-only record of facts. One process, one thread; every call is short and blocks."""

    def append(self, step: Step) -> int:
        """Make a step durable; returns the sequence number of its last record. Raises `StoreFailed`."""
        ...

    def next_payment(self) -> PaymentNumber:
        """The number of the next payment: one more than the highest S00."""
        ...

    def open_payments(self) -> Mapping[PaymentNumber, Sequence[PaymentFact]]:
        """Every payment without S40 or S05, or with a note still disputed, with all its facts in order."""
        ...

    def facts_of(self, payment: PaymentNumber) -> Sequence[PaymentFact]:
        """All facts of one payment in order."""
        ...

    def sealed(self, digest: str) -> bytes | None:
        """The encrypted data that a fact refers to, or None when it has been erased."""
        ...

    def data_key(self, owner: IdempotencyKey) -> DataKey | None:
        """The wrapped key of a payment's or of readings' data, or None when it has been erased."""
        ...

    def data_keys_before(self, epoch: int, limit: int) -> Sequence[DataKey]:
        """Keys wrapped under an earlier epoch, at most `limit`."""
        ...

    def erasable(self, done_by: str, limit: int) -> Sequence[Erasable]:
        """Data of voided payments; of payments that are accepted, and both of a day and done on a day not after
        `done_by` (ISO date); of readings that are accepted, of such a day; at most `limit`. Never of what is open,
        disputed, refused or of a day whose totals differ from the host's."""
        ...

    def latest(self, kind: str) -> Fact | None:
        """The newest fact of a kind (`V20`, `C60` …)."""
        ...

    def devices_seen(self) -> Sequence[DeviceSeen]:
        """The newest V20 of every device."""
        ...

    def last_note(self) -> Fact | None:
        """The newest fact about a note's way: C10, C20, C30, C40 or C50; None before the first note."""
        ...

    def unassigned_notes(self) -> Sequence[NoteUnassigned]:
        """Notes without a payment that lie in the cassette: every C50 since it was last taken out, oldest first."""
        ...

    def last_recorded_at(self) -> datetime | None:
        """The latest wall time among the newest records: the clock must not stand before it."""
        ...

    def cassette(self) -> Mapping[Money, int]:
        """Notes in the cassette by value."""
        ...

    def broken_identities(self) -> Sequence[BrokenIdentity]:
        """Check the identities on what changed since the last check and on all running totals; empty when all hold."""
        ...

    def look_through(self) -> LookedThrough:
        """Check the next piece of everything that is held, content and not only totals; for idle moments. What is
        found broken is reported by `broken_identities` as well, until the journal is repaired. Raises `StoreFailed`."""
        ...

    def sync_mirror(self) -> None:
        """Make the second copy durable up to the newest step; for a moment soon after a step."""
        ...

    def mend_mirror(self) -> Sequence[BrokenIdentity]:
        """Try to write the second copy again after trouble. Returns how it contradicts this one: no money may be taken
        until a person has looked."""
        ...

    def mirror_trouble(self) -> str:
        """What keeps the second copy from being written; empty while all is well. It never stops a step."""
        ...

    def day_totals(self, day: str) -> DayTotals:
        """Payments of a day that the host has accepted."""
        ...

    def records_after(self, sequence: int, limit: int) -> Sequence[RecordView]:
        """The records after that sequence number, at most `limit`, for people who look on."""
        ...

    def newest(self) -> int:
        """Sequence number of the newest record; 0 for none."""
        ...

    def position(self, sequence: int) -> Position | None:
        """A record and the link of the chain there; None when there is no such record."""
        ...

    def balances(self) -> Mapping[LedgerAccount, Money]:
        """What stands on the normal side of every ledger account."""
        ...

    def free_bytes(self) -> int:
        """Space on the journal's partition, the ballast not counted."""
        ...

    def rest(self) -> None:
        """For an idle moment: write what waits in memory, copy the log into the file. Raises `StoreFailed`."""
        ...


class Outbox(Protocol):
    """The journal's own table of things that must leave."""

    def due(self, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """Rows to send now, oldest first."""
        ...

    def row(self, key: IdempotencyKey) -> OutboxRow | None: ...

    def next_at(self) -> datetime | None:
        """When the next row is due; None when nothing waits."""
        ...

    def postpone(self, key: IdempotencyKey, until: datetime) -> None:
        """Count an attempt without a final answer. May be lost at a power cut: that only sends again. Takes part in
        the next durable step, or becomes durable by itself later."""
        ...

    def totals(self) -> OutboxTotals: ...

    def unsettled_of_day(self, day: str) -> Iterable[IdempotencyKey]:
        """Payments of a day that are neither delivered nor parked."""
        ...
