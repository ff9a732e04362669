"""The account card (карточка лицевого счёта) as the terminal may hold it: masked and bounded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.identifiers import AccountNumber
from contracts.money import Money
from terminal.metering.meter import Meter, ReadingWindow


class HolderKind(StrEnum):
    INDIVIDUAL = "individual"
    LEGAL_ENTITY = "legal-entity"


class AccountState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    BLOCKED = "blocked"
    """Payments only at the supplier's office."""


@dataclass(frozen=True, slots=True)
class ServiceCharge:
    """One service billed to the account. `due` is what is owed now: positive a debt, negative an advance."""

    code: str
    name: str
    due: Money


@dataclass(frozen=True, slots=True)
class AccountCard:
    """Everything about an account that the terminal shows. Names and addresses are masked before they get here."""

    number: AccountNumber
    company: str
    """The supplier's code, e.g. `neva`."""
    company_name: str
    kind: HolderKind
    state: AccountState
    holder: str
    """Masked: `И****в П. С.`"""
    address: str
    """Masked: `ул. Л****а, д. 12, кв. **`"""
    services: tuple[ServiceCharge, ...]
    meters: tuple[Meter, ...]
    period: str
    """The month billed, `2026-10`."""
    window: ReadingWindow
    last_payment: Money | None = None
    last_payment_on: date | None = None

    @property
    def due(self) -> Money:
        """What is owed in all; negative when the account is ahead."""
        return Money(sum(service.due.kopecks for service in self.services))


class LookupRefusal(StrEnum):
    """Why an account card is not given. Expected answers, not errors."""

    NOT_FOUND = "not-found"
    CLOSED = "closed"
    BLOCKED = "blocked"
    WRONG_NUMBER = "wrong-number"
    """Check digit or length is wrong: a slip of the finger."""
    AMBIGUOUS = "ambiguous"
    """An address that fits several accounts."""
