"""What a visit asks the service to do."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.identifiers import AccountNumber
from contracts.money import Money


@dataclass(frozen=True, slots=True)
class EnteredReading:
    meter: str
    zone: str
    kwh: int


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find the account; answered by AccountFound, AccountRefused or HostSilent."""

    account: AccountNumber


@dataclass(frozen=True, slots=True)
class RecordReadings:
    """Make the readings durable and send them; answered by ReadingsRecorded or ReadingsRefused."""

    readings: tuple[EnteredReading, ...]


@dataclass(frozen=True, slots=True)
class BeginCash:
    """Begin a cash payment of `due`; answered by CashProgress or PaymentRefused. The client has consented that the
    rest becomes an advance on the account."""

    due: Money


@dataclass(frozen=True, slots=True)
class EndTender:
    """No more notes: credit what is in, or end without money. Answered by PaymentEnded, or by CashProgress first
    while a note is still moving; with nothing inserted by PaymentRefused with an empty reason."""


@dataclass(frozen=True, slots=True)
class Forget:
    """The visit is over: wipe what is known of the client."""


VisitEffect = LookUp | RecordReadings | BeginCash | EndTender | Forget
