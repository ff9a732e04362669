"""What can happen to a visit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contracts.money import ZERO, Money
from terminal.accounts.account import AccountCard, LookupRefusal


@dataclass(frozen=True, slots=True)
class Touched:
    """The client touched an element of the present page (already checked with `contracts.pages.accepts`)."""

    element: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; `Surroundings.now_s` says what it is. Comes about once a second."""


@dataclass(frozen=True, slots=True)
class AccountFound:
    card: AccountCard


@dataclass(frozen=True, slots=True)
class AccountRefused:
    refusal: LookupRefusal


@dataclass(frozen=True, slots=True)
class HostSilent:
    """The billing host did not answer a look-up or a check in time."""


@dataclass(frozen=True, slots=True)
class ReadingsRecorded:
    """The readings are durable; `operation` is the host's number if it answered at once, else empty."""

    operation: str


@dataclass(frozen=True, slots=True)
class ReadingsRefused:
    """The host has refused them, in its own words."""

    reason: str


class CashStage(StrEnum):
    """What the acceptor is doing for this payment."""

    OPENING = "opening"
    ACCEPTING = "accepting"
    NOTE_MOVING = "note-moving"
    CLOSING = "closing"


class NoteTrouble(StrEnum):
    """Why the last note did not stay."""

    NONE = "none"
    REJECTED = "rejected"
    """The validator could not read it."""
    TOO_LARGE = "too-large"
    """It would lift the payment above its limit."""
    RETURNED = "returned"
    DISPUTED = "disputed"
    """Nobody knows where it is; the case is on record and the client is told the number."""


@dataclass(frozen=True, slots=True)
class CashProgress:
    """The payment moved: durable totals and what the acceptor does."""

    inserted: Money
    stage: CashStage
    trouble: NoteTrouble = NoteTrouble.NONE
    acceptor_out: bool = False
    """Notes cannot be taken any more; what is in is safe and can be credited."""
    case: str = ""
    disputed: Money = ZERO
    """Case number and value of a disputed note."""


@dataclass(frozen=True, slots=True)
class PaymentRefused:
    """The payment could not begin; the client has lost nothing. `reason` is a message identifier."""

    reason: str


class Certainty(StrEnum):
    """What is known of a step after the money."""

    YES = "yes"
    LATER = "later"
    """Certain to be done, today."""
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PaymentEnded:
    """The tender is over and everything that could be done at once has been."""

    total: Money
    transfer: Certainty
    receipt: Certainty
    """YES printed, LATER registered and not printed (or will be), UNKNOWN not known whether registered."""
    operation: str = ""
    case: str = ""
    """Case number to quote when something waits for a person."""
    qr: str = ""
    """QR text of the fiscal document when it exists."""
    disputed: Money = Money(0)
    """Notes whose place is unknown, not part of `total`."""


VisitEvent = (
    Touched | Tick | AccountFound | AccountRefused | HostSilent | ReadingsRecorded | ReadingsRefused | CashProgress
    | PaymentRefused | PaymentEnded
)
