"""The non-fiscal lines around a receipt: what the standards of the suppliers ask beyond the law (R-07).

Account, period, service, meters with their readings, what remains on the account, and whether the money is already
with the supplier. Pure text for a roll of the given width; the fiscal part itself is printed by the register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.money import Money
from fiscal.documents import FiscalDocument
from fiscal.paper_text import centred, pair, printable, rule, spelled, wrapped

MAX_METERS = 30
"""More meters on one account are a house, not a flat: the receipt refers to the account page instead."""


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """One register of a meter: `T1 день`, readings as the client knows them, consumption in `unit`."""

    register: str
    reading: str
    previous: str = ""
    consumed: str = ""
    unit: str = "кВт·ч"


@dataclass(frozen=True, slots=True)
class MeterLine:
    """A meter with the readings that the payment was computed from."""

    serial: str
    readings: tuple[RegisterReading, ...]


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """One account paid in this receipt.

    `balance` is what remains on the account after the payment: below zero a debt, above zero an advance, None when the
    supplier's host did not say. `operation` is the supplier's number of the accepted payment, empty while the money is
    still to be transferred.
    """

    account: str
    period: str
    service: str
    amount: Money
    meters: tuple[MeterLine, ...] = ()
    balance: Money | None = None
    operation: str = ""


def lines_before(payment: str, facts: Sequence[ReceiptFacts], width: int) -> tuple[str, ...]:
    """What stands above the document: which payment, for which account, period and service."""
    lines = pair("Платёж", payment, width)
    for each in facts:
        lines += pair("Лицевой счёт", each.account, width)
        lines += pair("Период", each.period, width) if each.period else []
        lines += pair(spelled(each.service), _sum(each.amount), width)
    return printable([*lines, rule(width)])


def lines_after(facts: Sequence[ReceiptFacts], width: int) -> tuple[str, ...]:
    """What stands below: meters and readings, balance, and where the money is."""
    lines: list[str] = []
    for each in facts:
        if len(facts) > 1:
            lines += pair("Лицевой счёт", each.account, width)
        lines += _meters(each.meters, width)
        lines += _balance(each.balance, width)
        lines += _transfer(each.operation, width)
        lines.append(rule(width))
    return printable(lines[:-1])


def copy_slip(document: FiscalDocument, payment: str, width: int) -> tuple[str, ...]:
    """A copy of a registered receipt that did not come out on paper, marked as one; the QR code is printed below."""
    lines = centred("КОПИЯ ЧЕКА", width)
    lines += centred("Чек зарегистрирован, но не был напечатан", width)
    lines.append(rule(width))
    lines += pair("Платёж", payment, width)
    lines += pair("ИТОГ", _sum(document.total), width)
    lines += pair("Дата и время", f"{document.at:%d.%m.%Y %H:%M}", width)
    lines += pair("ФН", document.storage, width)
    lines += pair("ФД", str(document.number), width)
    lines += pair("ФП", f"{document.sign:010d}", width)
    lines += wrapped("Чек можно проверить в приложении ФНС России по QR-коду.", width)
    return printable(lines)


def _meters(meters: Sequence[MeterLine], width: int) -> list[str]:
    lines: list[str] = []
    for meter in meters[:MAX_METERS]:
        lines += wrapped(f"Счётчик № {meter.serial}", width)
        for each in meter.readings:
            lines += pair(f"  {each.register}".rstrip(), _reading(each), width)
            if each.consumed:
                lines += pair("    расход", f"{each.consumed}\u00a0{spelled(each.unit)}", width)
    if len(meters) > MAX_METERS:
        lines += wrapped(f"и ещё счётчиков: {len(meters) - MAX_METERS}", width)
    return lines


def _reading(reading: RegisterReading) -> str:
    return f"{reading.previous} - {reading.reading}" if reading.previous else reading.reading


def _balance(balance: Money | None, width: int) -> list[str]:
    if balance is None:
        return wrapped("Остаток на счёте уточните у поставщика: связи с ним сейчас нет.", width)
    if balance.kopecks < 0:
        return pair("Остаток долга", _sum(-balance), width)
    return pair("Аванс на счёте" if balance else "Остаток на счёте", _sum(balance), width)


def _transfer(operation: str, width: int) -> list[str]:
    if operation:
        return wrapped(f"Деньги переведены поставщику, операция\u00a0№\u00a0{operation}", width)
    return wrapped("Деньги будут переведены поставщику сегодня.", width)


def _sum(money: Money) -> str:
    return spelled(str(money))
