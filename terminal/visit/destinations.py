"""The places that a visit can be in, one frozen value each, with what has been typed or learned there.

A place holds only what would be meaningless elsewhere; the account card and the language belong to the visit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from contracts.identifiers import AccountNumber
from contracts.money import ZERO, Money
from terminal.metering.acceptance import ReadingQuestioned, ReadingRefused
from terminal.metering.meter import Meter, Register
from terminal.visit.effects import EnteredReading
from terminal.visit.events import CashProgress, PaymentEnded


class AccountTrouble(StrEnum):
    """Why the account number that was typed led nowhere."""

    INCOMPLETE = "incomplete"
    WRONG_NUMBER = "wrong-number"
    NOT_FOUND = "not-found"
    CLOSED = "closed"
    BLOCKED = "blocked"
    AMBIGUOUS = "ambiguous"
    HOST_SILENT = "host-silent"


class AmountTrouble(StrEnum):
    """Why the amount that was typed is not taken."""

    EMPTY = "empty"
    TOO_SMALL = "too-small"
    TOO_LARGE = "too-large"


class ReadingsObstacle(StrEnum):
    """Why no readings can be given for this account now."""

    OUTSIDE_DATES = "outside-dates"
    NO_METERS = "no-meters"
    """The account has none, or none that the client reads."""
    NOT_OFFERED = "not-offered"


class AfterTender(StrEnum):
    """Where the client wanted to go when the tender was ended."""

    BACK = "back"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Start:
    """The first page; also where nothing is offered while the terminal is out of service."""


@dataclass(frozen=True, slots=True)
class AccountEntry:
    typed: str = ""
    trouble: AccountTrouble | None = None


@dataclass(frozen=True, slots=True)
class AccountSearching:
    number: AccountNumber


@dataclass(frozen=True, slots=True)
class AccountShown:
    """The account card, and what can be done with it."""


@dataclass(frozen=True, slots=True)
class ReadingTarget:
    """One register that is to be read."""

    meter: Meter
    register: Register


@dataclass(frozen=True, slots=True)
class ReadingEntry:
    """One register is being typed: the one behind those already `entered`.

    `targets` stay the same through the visit, even past midnight; fewer are entered than there are targets.
    """

    targets: tuple[ReadingTarget, ...]
    typed: str = ""
    refused: ReadingRefused | None = None
    entered: tuple[EnteredReading, ...] = ()

    @property
    def index(self) -> int:
        return len(self.entered)

    @property
    def target(self) -> ReadingTarget:
        return self.targets[self.index]


@dataclass(frozen=True, slots=True)
class ReadingQuestion:
    """The reading is doubtful: is it right?"""

    entry: ReadingEntry
    question: ReadingQuestioned


@dataclass(frozen=True, slots=True)
class ReadingsCheck:
    """All registers typed; the client looks them over before they are recorded."""

    targets: tuple[ReadingTarget, ...]
    entered: tuple[EnteredReading, ...]


@dataclass(frozen=True, slots=True)
class ReadingsSending:
    targets: tuple[ReadingTarget, ...]
    entered: tuple[EnteredReading, ...]


@dataclass(frozen=True, slots=True)
class ReadingsDone:
    targets: tuple[ReadingTarget, ...]
    entered: tuple[EnteredReading, ...]
    operation: str
    """The host's number, or empty when it will have them later today."""


@dataclass(frozen=True, slots=True)
class ReadingsNotTaken:
    """The host refused them; `reason` in its own words."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReadingsUnavailable:
    obstacle: ReadingsObstacle


@dataclass(frozen=True, slots=True)
class AmountChoice:
    """The due amount, round-ups of it, or another one."""


@dataclass(frozen=True, slots=True)
class AmountTyping:
    """Another amount in whole rubles: the terminal takes notes only."""

    typed: str = ""
    trouble: AmountTrouble | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """There is no change: the rest becomes an advance. The client agrees before the first note."""

    due: Money


@dataclass(frozen=True, slots=True)
class CashOpening:
    due: Money


@dataclass(frozen=True, slots=True)
class InsertCash:
    due: Money
    progress: CashProgress


@dataclass(frozen=True, slots=True)
class CashLeaving:
    """Less than the due amount is in: end here, or insert more? The acceptor stays open meanwhile."""

    due: Money
    progress: CashProgress


@dataclass(frozen=True, slots=True)
class CashEnding:
    due: Money
    after: AfterTender
    inserted: Money = field(default=ZERO)


@dataclass(frozen=True, slots=True)
class PaymentNotBegun:
    """No money was taken; `reason` is a message identifier."""

    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    due: Money
    ended: PaymentEnded


AccountPlace = (
    AccountShown
    | ReadingEntry | ReadingQuestion | ReadingsCheck | ReadingsDone | ReadingsNotTaken | ReadingsUnavailable
    | AmountChoice | AmountTyping | Consent
)
"""Places where the client decides about a known account, with no money on its way."""

WaitingPlace = AccountSearching | ReadingsSending | CashOpening | CashEnding
"""Places where the client waits for the terminal."""

MoneyPlace = InsertCash | CashLeaving | PaymentNotBegun | Outcome
"""Places that money may be in or has been; after a restart of the service the account may be unknown here."""

Destination = Start | AccountEntry | WaitingPlace | MoneyPlace | AccountPlace
