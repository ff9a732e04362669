"""From a funded payment to the receipt that the law asks and the lines that the suppliers' standards add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.money import ZERO, Money
from fiscal.documents import (
    Agent,
    Item,
    Operation,
    PaymentMethod,
    Receipt,
    SubjectKind,
    TaxSystem,
    UserRequisite,
    VatRate,
)
from fiscal.receipt_layout import MeterLine, ReceiptFacts, RegisterReading, lines_after, lines_before
from fiscal.waiting_slip import WaitingFacts, WaitingReason, waiting_slip
from terminal.payments.payment import Payment
from terminal.service.client_data import ClientData

ITEM_NAME_LIMIT = 128
"""Characters of tag 1030."""
_OF_ADVANCE = {
    VatRate.VAT_20: VatRate.VAT_20_120,
    VatRate.VAT_10: VatRate.VAT_10_110,
    VatRate.VAT_5: VatRate.VAT_5_105,
    VatRate.VAT_7: VatRate.VAT_7_107,
    VatRate.VAT_22: VatRate.VAT_22_122,
}
"""Calculated rate for money paid ahead (НК РФ, ст. 164 п. 4)."""


@dataclass(frozen=True, slots=True)
class ReceiptTerms:
    """How the owner of the terminal accounts for payments; from the configuration."""

    tax_system: TaxSystem
    vat: VatRate
    method: PaymentMethod
    subject: SubjectKind
    item_name: str
    """What is paid for when the host names no service."""
    agent: Agent | None
    width: int
    """Characters in a line of the register's paper."""
    phone: str
    """Where a client may ask."""


def build_receipt(payment: Payment, client: ClientData, terms: ReceiptTerms) -> Receipt:
    """The receipt of a funded cash payment. Its digest does not depend on what the host has answered."""
    items = tuple(_items(payment.inserted, client, terms))
    facts = (_facts(payment, client, terms),)
    label = f"{payment.number}"
    return Receipt(
        Operation.SALE,
        items,
        terms.tax_system,
        cash=payment.inserted,
        requisite=UserRequisite("Лицевой счёт", str(client.account)),
        agent=terms.agent,
        lines_before=lines_before(label, facts, terms.width),
        lines_after=lines_after(facts, terms.width),
    )


def build_slip(
    payment: Payment, client: ClientData, terms: ReceiptTerms, reason: WaitingReason, case: str, terminal: str,
    at: datetime,
) -> tuple[str, ...]:
    """The numbered slip of a client who leaves before everything is known."""
    amount = payment.disputed_total if reason is WaitingReason.NOTE_UNCLEAR else payment.inserted
    facts = WaitingFacts(reason, case, amount, str(client.account), terms.phone, terminal, at)
    return waiting_slip(facts, terms.width)


def _items(amount: Money, client: ClientData, terms: ReceiptTerms) -> list[Item]:
    """What is owed is paid service by service in the order of the bill; the rest is an advance on the first."""
    left, items = amount, []
    for service in client.services:
        part = min(left, Money(max(0, service.due_kopecks)))
        if part:
            items.append(_item(service.name, part, client, terms, terms.method))
            left = left - part
    if left > ZERO:
        name = client.services[0].name if client.services else terms.item_name
        items.append(_item(name, left, client, terms, PaymentMethod.ADVANCE))
    return items


def _item(name: str, part: Money, client: ClientData, terms: ReceiptTerms, method: PaymentMethod) -> Item:
    advance = method is PaymentMethod.ADVANCE
    what = f"Аванс: {name}" if advance else name
    vat = _OF_ADVANCE.get(terms.vat, terms.vat) if advance else terms.vat
    text = f"{what}, л/с {client.account}"
    subject = SubjectKind.PAYMENT if advance else terms.subject
    return Item(text[:ITEM_NAME_LIMIT], part, vat, method, subject)


def _facts(payment: Payment, client: ClientData, terms: ReceiptTerms) -> ReceiptFacts:
    service = ", ".join(each.name for each in client.services) or terms.item_name
    return ReceiptFacts(
        account=str(client.account),
        period=period_words(client.period),
        service=service,
        amount=payment.inserted,
        meters=_meters(client),
        balance=payment.inserted - client.due,
        operation=str(payment.operation or ""),
    )


def _meters(client: ClientData) -> tuple[MeterLine, ...]:
    meters: dict[str, list[RegisterReading]] = {}
    for line in client.readings:
        given = line.kwh != line.previous_kwh
        consumed = str(line.kwh - line.previous_kwh) if line.kwh > line.previous_kwh else ""
        reading = RegisterReading(line.zone, str(line.kwh), str(line.previous_kwh) if given else "", consumed)
        meters.setdefault(line.meter, []).append(reading)
    return tuple(MeterLine(serial, tuple(readings)) for serial, readings in meters.items())


_MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)


def period_words(period: str) -> str:
    """`2026-10` as `октябрь 2026`; anything else as it is."""
    year, _, month = period.partition("-")
    if year.isdigit() and month.isdigit() and 1 <= int(month) <= 12:
        return f"{_MONTHS[int(month) - 1]} {year}"
    return period
