"""What the host knows of an account: plain values, sums in kopecks, dates in ISO form."""

from __future__ import annotations

from dataclasses import dataclass

INDIVIDUAL, LEGAL_ENTITY = "individual", "legal-entity"
OPEN, CLOSED, BLOCKED = "open", "closed", "blocked"


@dataclass(frozen=True, slots=True)
class RegisterRecord:
    zone: str
    last_kwh: int
    last_on: str
    usual_month_kwh: int


@dataclass(frozen=True, slots=True)
class MeterRecord:
    serial: str
    digits: int
    registers: tuple[RegisterRecord, ...]
    verified_until: str | None
    remote: bool = False
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class ChargeRecord:
    """What is owed for one service: positive a debt, negative an advance."""

    code: str
    name: str
    due_kopecks: int


@dataclass(frozen=True, slots=True)
class AccountRecord:
    number: str
    company: str
    kind: str
    state: str
    holder: str
    locality: str
    street: str
    house: str
    flat: str
    charges: tuple[ChargeRecord, ...]
    meters: tuple[MeterRecord, ...]
    last_kopecks: int | None = None
    last_on: str | None = None

    @property
    def address(self) -> str:
        """As printed on a bill."""
        flat = f", кв. {self.flat}" if self.flat else ""
        return f"{self.locality}, {self.street}, д. {self.house}{flat}"

    @property
    def due_kopecks(self) -> int:
        return sum(charge.due_kopecks for charge in self.charges)
