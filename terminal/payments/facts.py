"""Facts: what the journal remembers, one class for each kind of record.

A kind is a stable code, `S20`; it never changes its meaning. Facts about one payment carry its number. Facts hold no
personal data in the clear: an account is named by the digest of its sealed form and its last four digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeGuard, get_args

from contracts.identifiers import CaseNumber, IdempotencyKey, OperationNumber, PaymentNumber
from contracts.money import Money
from terminal.payments.terminal_facts import (
    CassetteMoved,
    CheckpointContradicted,
    CheckpointWitnessed,
    DataErased,
    DayClosed,
    DeviceSeen,
    IncidentClosed,
    IncidentOpened,
    KeysDestroyed,
    KeysRenewed,
    NoteUnassigned,
    OtherFact,
    ReadingsAccepted,
    ReadingsRefused,
    ReadingsTaken,
    ServiceStarted,
    ShiftClosed,
)

__all__ = [
    "CassetteMoved",
    "CheckPassed",
    "CheckpointContradicted",
    "CheckpointWitnessed",
    "DataErased",
    "DayClosed",
    "DeviceSeen",
    "Fact",
    "IncidentClosed",
    "IncidentOpened",
    "KeysDestroyed",
    "KeysRenewed",
    "NoteDisputeSettled",
    "NoteDisputed",
    "NoteReturned",
    "NoteStackRequested",
    "NoteStacked",
    "NoteUnassigned",
    "OtherFact",
    "PaymentCreated",
    "PaymentDone",
    "PaymentFact",
    "PaymentFunded",
    "PaymentVoided",
    "ReadingsAccepted",
    "ReadingsRefused",
    "ReadingsTaken",
    "ReceiptAbsent",
    "ReceiptPrinted",
    "ReceiptRegistered",
    "ReceiptRequested",
    "ServiceStarted",
    "ShiftClosed",
    "TransferAccepted",
    "TransferRefused",
    "is_of_payment",
]


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
    """C45: it became known where a disputed note is. It leaves suspense; when `stacked`, the same step holds the
    C20 of the payment if its tender is still open, else a C50."""

    kind: ClassVar[str] = "C45"
    payment: PaymentNumber
    note: int
    value: Money
    stacked: bool


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


PaymentFact = (
    PaymentCreated | CheckPassed | PaymentVoided | NoteStackRequested | NoteStacked | NoteReturned | NoteDisputed
    | NoteDisputeSettled | PaymentFunded | ReceiptRequested | ReceiptRegistered | ReceiptAbsent | ReceiptPrinted
    | TransferAccepted | TransferRefused | PaymentDone
)
"""Facts that are about one payment."""

Fact = PaymentFact | OtherFact

_OF_PAYMENT = frozenset[type[Fact]](get_args(PaymentFact))


def is_of_payment(fact: Fact) -> TypeGuard[PaymentFact]:
    """Whether a fact is about one payment; each step asks, and a look into a set is quicker than trying each class."""
    return type(fact) in _OF_PAYMENT
