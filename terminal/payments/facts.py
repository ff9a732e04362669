"""Facts: what the journal remembers, one class for each kind of record.

A kind is a stable code, `S20`; it never changes its meaning. Facts about one payment carry its number. Facts hold no
personal data in the clear: an account is named by the digest of its sealed form and its last four digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from contracts.identifiers import CaseNumber, IdempotencyKey, OperationNumber, PaymentNumber
from contracts.money import Money


@dataclass(frozen=True, slots=True)
class PaymentCreated:
    """S00: a client means to pay. The idempotency key is made here, once."""

    kind: ClassVar[str] = "S00"
    payment: PaymentNumber
    key: IdempotencyKey
    sealed_account: str
    """SHA-256 of the sealed account data, hexadecimal; the sealed data lies in the same transaction."""
    account_tail: str
    """Last four digits, for support."""
    due: Money
    limit: Money
    """No note is taken that would lift the total above this."""
    at: str
    """Zone-aware ISO time."""


@dataclass(frozen=True, slots=True)
class CheckPassed:
    """S10: the billing host will take a payment for this account."""

    kind: ClassVar[str] = "S10"
    payment: PaymentNumber


@dataclass(frozen=True, slots=True)
class PaymentVoided:
    """S05: ended without money."""

    kind: ClassVar[str] = "S05"
    payment: PaymentNumber
    reason: str


@dataclass(frozen=True, slots=True)
class NoteStackRequested:
    """C10: about to tell the acceptor to take note number `note` (1, 2 …) of this payment."""

    kind: ClassVar[str] = "C10"
    payment: PaymentNumber
    note: int
    value: Money


@dataclass(frozen=True, slots=True)
class NoteStacked:
    """C20: the note is in the cassette and credited to the client."""

    kind: ClassVar[str] = "C20"
    payment: PaymentNumber
    note: int
    value: Money


@dataclass(frozen=True, slots=True)
class NoteReturned:
    """C30: the note did not stay; the intent is void."""

    kind: ClassVar[str] = "C30"
    payment: PaymentNumber
    note: int
    value: Money


@dataclass(frozen=True, slots=True)
class NoteDisputed:
    """C40: nobody can tell where the note is; it waits in suspense for the count at collection."""

    kind: ClassVar[str] = "C40"
    payment: PaymentNumber
    note: int
    value: Money
    case: CaseNumber


@dataclass(frozen=True, slots=True)
class NoteDisputeSettled:
    """C45: a disputed note turned up after all: reported stacked by the acceptor. It leaves suspense for the
    unassigned money, because the payment may long be over."""

    kind: ClassVar[str] = "C45"
    payment: PaymentNumber
    note: int
    value: Money


@dataclass(frozen=True, slots=True)
class NoteUnassigned:
    """C50: a note lies in the cassette that belongs to no open payment. A record, never a log line."""

    kind: ClassVar[str] = "C50"
    value: Money
    case: CaseNumber
    why: str


@dataclass(frozen=True, slots=True)
class CassetteMoved:
    """C60: the cassette was taken out or put back."""

    kind: ClassVar[str] = "C60"
    present: bool
    at: str


@dataclass(frozen=True, slots=True)
class PaymentFunded:
    """S20: the client has ended the tender; the point of no return. The outbox row is in the same transaction."""

    kind: ClassVar[str] = "S20"
    payment: PaymentNumber
    total: Money
    at: str


@dataclass(frozen=True, slots=True)
class ReceiptRequested:
    """F10: about to form the receipt as the document after `after` of that storage."""

    kind: ClassVar[str] = "F10"
    payment: PaymentNumber
    storage: str
    after: int
    digest: str
    at: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ReceiptRegistered:
    """F20: the fiscal document exists."""

    kind: ClassVar[str] = "F20"
    payment: PaymentNumber
    storage: str
    document: int
    sign: int
    total: Money
    at: str
    """By the register's clock, local time without zone."""


@dataclass(frozen=True, slots=True)
class ReceiptAbsent:
    """F15: read back and certain: the document asked for by the last F10 was not formed. It may be asked for again."""

    kind: ClassVar[str] = "F15"
    payment: PaymentNumber
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiptPrinted:
    """F30: the paper is out (`printed`), or is certain never to be (then a copy is owed)."""

    kind: ClassVar[str] = "F30"
    payment: PaymentNumber
    printed: bool


@dataclass(frozen=True, slots=True)
class TransferAccepted:
    """S30: the billing host has the payment under its own number."""

    kind: ClassVar[str] = "S30"
    payment: PaymentNumber
    operation: OperationNumber
    total: Money
    at: str


@dataclass(frozen=True, slots=True)
class TransferRefused:
    """S31: the billing host has refused for good. The money is owed back to the client; a person must act."""

    kind: ClassVar[str] = "S31"
    payment: PaymentNumber
    total: Money
    code: str
    reason: str
    case: CaseNumber


@dataclass(frozen=True, slots=True)
class PaymentDone:
    """S40: registered, transferred or refused, nothing left to do by itself."""

    kind: ClassVar[str] = "S40"
    payment: PaymentNumber


@dataclass(frozen=True, slots=True)
class ReadingsTaken:
    """R10: the client gave meter readings; they go out through the outbox under `key`."""

    kind: ClassVar[str] = "R10"
    sequence: int
    key: IdempotencyKey
    sealed_account: str
    registers: int
    at: str


@dataclass(frozen=True, slots=True)
class ReadingsAccepted:
    """R30: the billing host has the readings."""

    kind: ClassVar[str] = "R30"
    key: IdempotencyKey
    operation: OperationNumber


@dataclass(frozen=True, slots=True)
class ReadingsRefused:
    """R31: the billing host has refused the readings for good."""

    kind: ClassVar[str] = "R31"
    key: IdempotencyKey
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceStarted:
    """V10: the service opened the journal; what was unsettled is settled in the records that follow."""

    kind: ClassVar[str] = "V10"
    version: str
    at: str


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    """V20: a device with this identity is connected; written when it differs from the last one seen."""

    kind: ClassVar[str] = "V20"
    device: str
    model: str
    serial: str
    detail: str
    """Digest of the bill table, number of the fiscal storage …"""


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """V30: the fiscal shift was closed."""

    kind: ClassVar[str] = "V30"
    shift: int
    document: int
    sign: int
    at: str


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    """I10: something a person must know."""

    kind: ClassVar[str] = "I10"
    code: str
    detail: str
    at: str


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    """I30: what was wrong is no longer."""

    kind: ClassVar[str] = "I30"
    code: str
    at: str


@dataclass(frozen=True, slots=True)
class DayClosed:
    """Z30: terminal and billing host hold the same payments of that day (`equal`), or do not."""

    kind: ClassVar[str] = "Z30"
    day: str
    first: int
    last: int
    count: int
    sum: Money
    head: str
    equal: bool


PaymentFact = (
    PaymentCreated | CheckPassed | PaymentVoided | NoteStackRequested | NoteStacked | NoteReturned | NoteDisputed
    | NoteDisputeSettled | PaymentFunded | ReceiptRequested | ReceiptRegistered | ReceiptAbsent | ReceiptPrinted
    | TransferAccepted | TransferRefused | PaymentDone
)
"""Facts that are about one payment."""

OtherFact = (
    NoteUnassigned | CassetteMoved | ReadingsTaken | ReadingsAccepted | ReadingsRefused | ServiceStarted | DeviceSeen
    | ShiftClosed | IncidentOpened | IncidentClosed | DayClosed
)

Fact = PaymentFact | OtherFact
