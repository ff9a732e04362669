"""Facts that are not about one payment: notes nobody paid in, readings, devices, shifts, incidents, days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from contracts.identifiers import CaseNumber, IdempotencyKey, OperationNumber
from contracts.money import Money


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


@dataclass(frozen=True, slots=True)
class CheckpointWitnessed:
    """W10: the billing host has counter-signed a checkpoint of this journal; keys and signatures in hexadecimal."""

    kind: ClassVar[str] = "W10"
    signed: str
    """The signed checkpoint, `contracts.checkpoint.SignedCheckpoint.text`."""
    witness_key: str
    witness_signature: str


@dataclass(frozen=True, slots=True)
class CheckpointContradicted:
    """W20: what has been witnessed and this journal cannot both be true. Cash stays closed until a later W10."""

    kind: ClassVar[str] = "W20"
    code: str
    """Code of the fault."""
    newest: int
    """The newest record when it was found."""
    seen: str
    """The signed checkpoint that contradicts, as text; empty when there is none."""
    detail: str
    at: str


@dataclass(frozen=True, slots=True)
class DataErased:
    """E10: the personal data of a payment or of readings was erased with the key it was sealed under. What stays in
    the journal is the digest of what can no longer be read."""

    kind: ClassVar[str] = "E10"
    key: IdempotencyKey
    """Of the payment or the readings."""
    sealed: str
    """Digest of the erased data, as S00 or R10 has it."""
    epoch: int
    """The epoch of keys in which this happened; copies are unreadable as soon as it is over."""
    at: str


@dataclass(frozen=True, slots=True)
class KeysRenewed:
    """E20: so many keys of data still needed were wrapped under the key of a fresh epoch, in this same step."""

    kind: ClassVar[str] = "E20"
    epoch: int
    keys: int
    at: str


@dataclass(frozen=True, slots=True)
class KeysDestroyed:
    """E30: the keys of all epochs before this one are destroyed. What was erased in them cannot be read again from any
    copy."""

    kind: ClassVar[str] = "E30"
    before: int
    at: str


OtherFact = (
    NoteUnassigned | CassetteMoved | ReadingsTaken | ReadingsAccepted | ReadingsRefused | ServiceStarted | DeviceSeen
    | ShiftClosed | IncidentOpened | IncidentClosed | DayClosed | CheckpointWitnessed | CheckpointContradicted
    | DataErased | KeysRenewed | KeysDestroyed
)
