"""What must be known of a client to finish a payment without them: sealed on disk, open only in memory.

It holds what the receipt and the transfer need, already masked where a person could read it, and goes away with the
sealed row.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

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
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"not client data: {error}") from error


def of_card(card: AccountCard, entered: tuple[EnteredReading, ...]) -> ClientData:
    """From the account card and the readings entered in this visit; registers not entered show the last reading."""
    given = {(each.meter, each.zone): each.kwh for each in entered}
    data = ClientData(
        card.number,
        card.company_name,
        card.period,
        tuple(ServiceLine(each.name, each.due.kopecks) for each in card.services),
    )
    lines = tuple(
        ReadingLine(meter.serial, register.zone, given.get((meter.serial, register.zone), register.last_kwh),
                    register.last_kwh)
        for meter in card.meters
        for register in meter.registers
    )
    return replace(data, readings=lines)
