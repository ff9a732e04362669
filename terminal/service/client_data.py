"""What must be known of a client to finish a payment without them: sealed on disk, open only in memory.

It holds what the receipt and the transfer need, already masked where a person could read it, and goes away with the
sealed row.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from contracts.identifiers import AccountNumber
from contracts.money import Money
from terminal.accounts.account import AccountCard
from terminal.visit.effects import EnteredReading


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service of the account and what was owed for it before the payment, in kopecks."""

    name: str
    due_kopecks: int


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One register as the receipt shows it: whole kilowatt-hours."""

    meter: str
    zone: str
    kwh: int
    previous_kwh: int


@dataclass(frozen=True, slots=True)
class ClientData:
    account: AccountNumber
    company_name: str
    period: str
    services: tuple[ServiceLine, ...]
    readings: tuple[ReadingLine, ...] = ()

    @property
    def due(self) -> Money:
        """What was owed in all before the payment; negative for an advance."""
        return Money(sum(each.due_kopecks for each in self.services))

    def encode(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()


def decode(plaintext: bytes) -> ClientData:
    """Read back what `encode` wrote. Raises `ValueError`."""
    try:
        body = json.loads(plaintext)
        return ClientData(
            AccountNumber(str(body["account"])),
            str(body["company_name"]),
            str(body["period"]),
            tuple(ServiceLine(**each) for each in body["services"]),
            tuple(ReadingLine(**each) for each in body["readings"]),
        )
    except (KeyError, TypeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(f"not client data: {error}") from error


def decode_account(plaintext: bytes) -> AccountNumber:
    """Only the account out of what `encode` wrote, for whoever needs no more. Raises `ValueError`."""
    try:
        return AccountNumber(str(json.loads(plaintext)["account"]))
    except (KeyError, TypeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(f"not client data: {error}") from error


def of_card(card: AccountCard, given: tuple[ReadingLine, ...]) -> ClientData:
    """From the account card and the readings given for it in this visit; registers not read now show the last one."""
    by_register = {(each.meter, each.zone): each for each in given}
    lines = tuple(
        by_register.get((meter.serial, register.zone))
        or ReadingLine(meter.serial, register.zone, register.last_kwh, register.last_kwh)
        for meter in card.meters
        for register in meter.registers
    )
    services = tuple(ServiceLine(each.name, each.due.kopecks) for each in card.services)
    return ClientData(card.number, card.company_name, card.period, services, lines)


def readings_given(card: AccountCard, entered: tuple[EnteredReading, ...]) -> tuple[ReadingLine, ...]:
    """What the client has entered, beside what the card said before it."""
    before = {
        (meter.serial, register.zone): register.last_kwh for meter in card.meters for register in meter.registers
    }
    return tuple(
        ReadingLine(each.meter, each.zone, each.kwh, before.get((each.meter, each.zone), each.kwh)) for each in entered
    )
