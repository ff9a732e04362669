"""A fiscal storage (ФН): the owner of the truth about documents.

A document exists from the moment of `form` and never before; what was only begun is lost with the power. The storage
refuses by its own rules: a shift over 24 hours, a document unsent for 30 days, its own lifetime, calls out of order.
Times are local, without zone, by the register's clock. Source: протокол ККТ–ФН, "Техническое описание ФН".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum

SHIFT_LIMIT = timedelta(hours=24)
UNSENT_LIMIT = timedelta(days=30)
SOON = timedelta(days=30)
AT_ONCE = timedelta(days=3)
LIFETIME = timedelta(days=36 * 30)
WORKING_PHASE = 0x03
CLOSED_PHASE = 0x0F


class DocumentKind(IntEnum):
    """Тип документа as the storage numbers it."""

    REGISTRATION = 1
    SHIFT_OPEN = 2
    RECEIPT = 3
    SHIFT_CLOSE = 5


CURRENT_CODE = {DocumentKind.SHIFT_OPEN: 0x02, DocumentKind.RECEIPT: 0x04, DocumentKind.SHIFT_CLOSE: 0x08}


class StorageRefused(Exception):
    """The storage does not do it; `code` is its error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}")
        self.code = code


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One formed document. `total` in kopecks; `records` are its requisites as the storage keeps them."""

    kind: DocumentKind
    number: int
    sign: int
    at: datetime
    shift: int
    receipt: int = 0
    operation: int = 0
    total: int = 0
    records: bytes = b""


@dataclass(slots=True)
class FiscalStorage:
    """The chip. Everything but `_begun` survives the power."""

    number: str
    seed: int = 0
    expires: date = date(2029, 1, 1)
    documents: list[StoredDocument] = field(default_factory=list)
    first_number: int = 1
    shift: int = 0
    shift_opened_at: datetime | None = None
    receipts: int = 0
    sent: int = 0
    """Documents up to this number have the operator's ticket."""
    unsent_age: timedelta = timedelta(0)
    """Added to the age of what is unsent, to make thirty days pass."""
    _begun: DocumentKind | None = None

    @classmethod
    def registered(cls, number: str, at: datetime, seed: int = 0) -> FiscalStorage:
        """A storage with the report on registration as its only document."""
        storage = cls(number, seed, expires=at.date() + LIFETIME)
        storage.begin(DocumentKind.REGISTRATION, at)
        storage.form(at)
        return storage

    @property
    def last_number(self) -> int:
        return self.first_number + len(self.documents) - 1

    @property
    def begun(self) -> DocumentKind | None:
        return self._begun

    @property
    def unsent(self) -> list[StoredDocument]:
        return [each for each in self.documents if each.number > self.sent]

    def find(self, number: int) -> StoredDocument:
        """Raises `StorageRefused` 08h."""
        index = number - self.first_number
        if not 0 <= index < len(self.documents):
            raise StorageRefused(0x08)
        return self.documents[index]

    def lose_power(self) -> None:
        self._begun = None

    def cancel(self) -> None:
        """Raises `StorageRefused` 02h when nothing is begun."""
        if self._begun is None:
            raise StorageRefused(0x02)
        self._begun = None

    def begin(self, kind: DocumentKind, at: datetime) -> None:
        """Begin a document. Raises `StorageRefused` for everything that the storage forbids."""
        if self._begun is not None:
            raise StorageRefused(0x02)
        self._check_order(kind, at)
        self._check_clock(at)
        self._begun = kind

    def form(self, at: datetime, *, operation: int = 0, total: int = 0, records: bytes = b"") -> StoredDocument:
        """The document that was begun comes into being. Raises `StorageRefused`."""
        kind = self._begun
        if kind is None:
            raise StorageRefused(0x02)
        self._check_order(kind, at)
        self._begun = None
        if kind is DocumentKind.SHIFT_OPEN:
            self.shift, self.shift_opened_at, self.receipts = self.shift + 1, at, 0
        if kind is DocumentKind.RECEIPT:
            self.receipts += 1
        number = self.last_number + 1
        receipt = self.receipts if kind is DocumentKind.RECEIPT else 0
        document = StoredDocument(
            kind, number, self._sign(number, records), at.replace(second=0, microsecond=0), self.shift,
            receipt, operation, total, records,
        )
        if kind is DocumentKind.SHIFT_CLOSE:
            self.shift_opened_at = None
        self.documents.append(document)
        return document

    def deliver(self) -> None:
        """The operator has taken everything."""
        self.sent, self.unsent_age = self.last_number, timedelta(0)

    def oldest_unsent_at(self) -> datetime | None:
        waiting = self.unsent
        return waiting[0].at - self.unsent_age if waiting else None

    def warnings(self, today: date) -> int:
        """Flags of warning: bit 0 three days left, bit 1 thirty days left."""
        left = self.expires - today
        return (1 if left <= AT_ONCE else 0) | (2 if left <= SOON else 0)

    def overdue(self, at: datetime) -> bool:
        return self.shift_opened_at is not None and at - self.shift_opened_at >= SHIFT_LIMIT

    def _check_order(self, kind: DocumentKind, at: datetime) -> None:
        open_ = self.shift_opened_at is not None
        if open_ is (kind in (DocumentKind.SHIFT_OPEN, DocumentKind.REGISTRATION)):
            raise StorageRefused(0x02)
        if kind is DocumentKind.SHIFT_CLOSE:
            return
        if self.overdue(at):
            raise StorageRefused(0x16)
        if at.date() > self.expires:
            raise StorageRefused(0x05)
        oldest = self.oldest_unsent_at()
        if oldest is not None and at - oldest >= UNSENT_LIMIT:
            raise StorageRefused(0x15)

    def _check_clock(self, at: datetime) -> None:
        if self.documents and at.replace(second=0, microsecond=0) < self.documents[-1].at:
            raise StorageRefused(0x07)

    def _sign(self, number: int, records: bytes) -> int:
        """Any 32 bits: nobody outside the tax service can check a sign; the same seed makes the same ones."""
        digest = hashlib.sha256(f"{self.seed}/{self.number}/{number}".encode() + records).digest()
        return int.from_bytes(digest[:4], "big")
