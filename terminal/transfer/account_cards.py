"""The account card out of an answer of our own contract. Past this point no name or address exists unmasked."""

from __future__ import annotations

from contracts.identifiers import AccountNumber
from terminal.accounts.account import AccountCard, AccountState, HolderKind, ServiceCharge
from terminal.accounts.masking import masked_address, masked_holder
from terminal.metering.meter import Meter, ReadingWindow, Register
from terminal.transfer.answer_fields import Fields, WrongAnswer

MAX_SERVICES = 20
MAX_METERS = 10
MAX_REGISTERS = 4
MIN_METER_DIGITS, MAX_METER_DIGITS = 3, 9
ACCOUNT_FORM = r"\d{1,20}"
CODE_FORM = r"[a-z0-9-]{1,40}"


def read_card(card: Fields) -> AccountCard:
    """Build the card. Raises `WrongAnswer` when anything in it does not fit."""
    holder = card.part("holder")
    company = card.part("company")
    kind = _holder_kind(holder.text("kind"))
    window = card.part("reading_window")
    last = card.part("last_payment") if card.has("last_payment") else None
    return AccountCard(
        number=AccountNumber(card.text("number", ACCOUNT_FORM)),
        company=company.text("code", CODE_FORM),
        company_name=company.text("name"),
        kind=kind,
        state=_state(card.text("state")),
        holder=masked_holder(kind, holder.text("name")),
        address=masked_address(card.text("address")),
        services=_services(card),
        meters=tuple(_meter(each) for each in card.parts("meters", MAX_METERS)),
        period=card.text("period", r"\d{4}-(0[1-9]|1[0-2])"),
        window=ReadingWindow(window.whole("first_day", 1, 31), window.whole("last_day", 1, 31)),
        last_payment=last.money("kopecks") if last else None,
        last_payment_on=last.day("paid_on") if last else None,
    )


def _services(card: Fields) -> tuple[ServiceCharge, ...]:
    services = tuple(
        ServiceCharge(each.text("code", CODE_FORM), each.text("name"), each.money("due_kopecks"))
        for each in card.parts("services", MAX_SERVICES)
    )
    if not services or len({each.code for each in services}) != len(services):
        raise WrongAnswer("services: empty, or a code stands twice")
    return services


def _meter(meter: Fields) -> Meter:
    digits = meter.whole("digits", MIN_METER_DIGITS, MAX_METER_DIGITS)
    registers = tuple(
        Register(
            zone=each.text("zone", r"T[1-4]"),
            last_kwh=each.whole("last_kwh", 0, 10**digits - 1),
            last_on=each.day("last_on"),
            usual_month_kwh=each.whole("usual_month_kwh", 0, 10**digits - 1),
        )
        for each in meter.parts("registers", MAX_REGISTERS)
    )
    if not registers or len({each.zone for each in registers}) != len(registers):
        raise WrongAnswer("registers: empty, or a zone stands twice")
    return Meter(
        serial=meter.text("serial", most=40),
        digits=digits,
        registers=registers,
        verified_until=meter.day("verified_until") if meter.has("verified_until") else None,
        remote=meter.flag("remote", default=False),
        replaced=meter.flag("replaced", default=False),
    )


def _holder_kind(text: str) -> HolderKind:
    try:
        return HolderKind(text)
    except ValueError as error:
        raise WrongAnswer("holder.kind: unknown") from error


def _state(text: str) -> AccountState:
    try:
        return AccountState(text)
    except ValueError as error:
        raise WrongAnswer("state: unknown") from error
