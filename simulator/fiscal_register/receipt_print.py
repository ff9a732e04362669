"""Fiscal documents as they come out on paper, with all requisites that FFD 1.2 wants printed."""

from __future__ import annotations

from contracts.money import Money
from fiscal import tlv
from fiscal.documents import FiscalDocument, Operation
from fiscal.paper_text import centred, pair, wrapped
from simulator.fiscal_register.registration import Registration
from simulator.fiscal_register.sale import OpenReceipt, Payment, SoldItem
from simulator.fiscal_register.storage import FiscalStorage, StoredDocument
from simulator.fiscal_register.tape import WIDTH, Cut, QrCode, Strip, Style, TextLine

_OPERATIONS = {1: "ПРИХОД", 2: "ВОЗВРАТ ПРИХОДА", 3: "РАСХОД", 4: "ВОЗВРАТ РАСХОДА"}
_METHODS = {
    1: "ПРЕДОПЛАТА 100%", 2: "ПРЕДОПЛАТА", 3: "АВАНС", 4: "ПОЛНЫЙ РАСЧЕТ",
    5: "ЧАСТИЧНЫЙ РАСЧЕТ И КРЕДИТ", 6: "ПЕРЕДАЧА В КРЕДИТ", 7: "ОПЛАТА КРЕДИТА",
}
_SUBJECTS = {1: "ТОВАР", 3: "РАБОТА", 4: "УСЛУГА", 10: "ПЛАТЕЖ", 11: "АГЕНТСКОЕ ВОЗНАГРАЖДЕНИЕ"}
_TAX_SYSTEMS = {1: "ОСН", 2: "УСН доход", 4: "УСН доход-расход", 16: "ЕСХН", 32: "ПАТЕНТ"}
_UNITS = {0: "шт.", 50: "кВт·ч", 51: "Гкал"}
_AGENTS = {1: "БАНК. ПЛ. АГЕНТ", 2: "БАНК. ПЛ. СУБАГЕНТ", 4: "ПЛ. АГЕНТ", 8: "ПЛ. СУБАГЕНТ"}


def receipt_strips(
    receipt: OpenReceipt, payment: Payment, document: StoredDocument, storage: FiscalStorage, who: Registration
) -> list[Strip]:
    """Кассовый чек."""
    strips: list[Strip] = [*_heading(who), _rule()]
    strips += _lines(pair("КАССОВЫЙ ЧЕК", _OPERATIONS[receipt.operation], WIDTH), Style.BOLD)
    for number, item in enumerate(receipt.items, 1):
        strips += _item(number, item)
    strips.append(_rule())
    if receipt.deferred:
        strips += [TextLine(line) for line in receipt.deferred]
        strips.append(_rule())
    strips += _totals(receipt, payment, document.total)
    strips.append(_rule())
    requisite = receipt.user_requisite
    if requisite is not None:
        strips += _lines(pair(*requisite, WIDTH))
    strips += _footer(document, storage, who)
    strips += [QrCode(_qr_text(document, storage)), TextLine(""), Cut()]
    return strips


def shift_strips(title: str, document: StoredDocument, storage: FiscalStorage, who: Registration) -> list[Strip]:
    """Отчёт об открытии или закрытии смены."""
    strips: list[Strip] = [*_heading(who), _rule(), *_lines(centred(title, WIDTH), Style.BOLD)]
    strips += _lines(pair("ЧЕКОВ ЗА СМЕНУ", str(storage.receipts), WIDTH))
    strips += _lines(pair("НЕ ПЕРЕДАНО ФД", str(len(storage.unsent)), WIDTH))
    return [*strips, *_footer(document, storage, who), TextLine(""), Cut()]


def report_strips(storage: FiscalStorage, who: Registration) -> list[Strip]:
    """X-отчёт: not a fiscal document."""
    receipts = [each for each in storage.documents if each.shift == storage.shift and each.receipt]
    strips: list[Strip] = [*_heading(who), _rule(), *_lines(centred("СУТОЧНЫЙ ОТЧЕТ БЕЗ ГАШЕНИЯ", WIDTH), Style.BOLD)]
    for operation, words in _OPERATIONS.items():
        total = sum(each.total for each in receipts if each.operation == operation)
        strips += _lines(pair(words, _sum(total), WIDTH))
    return [*strips, *_lines(pair("СМЕНА", str(storage.shift), WIDTH)), TextLine(""), Cut()]


def cancelled_strips(who: Registration) -> list[Strip]:
    return [*_heading(who), *_lines(centred("ЧЕК АННУЛИРОВАН", WIDTH), Style.BOLD), TextLine(""), Cut()]


def copy_strips(strips: list[Strip]) -> list[Strip]:
    return [*_lines(centred("КОПИЯ", WIDTH), Style.LARGE), *strips]


def _heading(who: Registration) -> list[Strip]:
    return [
        *_lines(centred(who.user, WIDTH), Style.BOLD),
        *_lines(centred(f"ИНН {who.inn}", WIDTH)),
        *_lines(centred(who.address, WIDTH)),
        *_lines(centred(who.place, WIDTH)),
    ]


def _item(number: int, item: SoldItem) -> list[Strip]:
    records = tlv.decode(item.records)
    unit = tlv.find(records, 2108)
    measure = _UNITS.get(unit, "") if isinstance(unit, int) else ""
    lines = wrapped(f"{number}. {item.name}", WIDTH, indent=3)
    lines += pair(f"   1 {measure} x {_plain(item.price)}", _sum(item.price), WIDTH)
    lines += pair(f"   {_SUBJECTS.get(item.subject, str(item.subject))}", _METHODS.get(item.method, ""), WIDTH)
    lines += pair(f"   {item.vat.words}", _sum(item.tax), WIDTH) if item.vat.share else [f"   {item.vat.words}"]
    return _lines(lines + _agent(records))


def _agent(records: tuple[tlv.Record, ...]) -> list[str]:
    kind = tlv.find(records, 1222)
    if not isinstance(kind, int):
        return []
    agent, supplier = tlv.find(records, 1223), tlv.find(records, 1224)
    lines = [f"   {_AGENTS.get(kind, 'АГЕНТ')}"]
    for title, body, tag in (
        ("ТЛФ. ПЛ. АГЕНТА", agent, 1073), ("ТЛФ. ОП. ПР. ПЛАТЕЖА", agent, 1074),
        ("ТЛФ. ПОСТ.", supplier, 1171), ("ПОСТАВЩИК", supplier, 1225),
    ):
        if isinstance(body, tuple):
            lines += pair(f"   {title}", str(tlv.find(body, tag)), WIDTH)
    return lines + pair("   ИНН ПОСТ.", str(tlv.find(records, 1226)), WIDTH)


def _totals(receipt: OpenReceipt, payment: Payment, total: int) -> list[Strip]:
    strips = _lines(pair("ИТОГ", _sum(total), WIDTH), Style.LARGE)
    if payment.cash:
        strips += _lines(pair("НАЛИЧНЫМИ", _sum(payment.cash), WIDTH))
    if payment.electronic:
        strips += _lines(pair("БЕЗНАЛИЧНЫМИ", _sum(payment.electronic), WIDTH))
    taxes: dict[str, int] = {}
    for item in receipt.items:
        taxes[item.vat.words] = taxes.get(item.vat.words, 0) + (item.tax if item.vat.share else item.price)
    for words, amount in taxes.items():
        strips += _lines(pair(f"СУММА {words}", _sum(amount), WIDTH))
    return strips + _lines(pair("СНО", _TAX_SYSTEMS.get(payment.tax_system, "?"), WIDTH))


def _footer(document: StoredDocument, storage: FiscalStorage, who: Registration) -> list[Strip]:
    lines = pair("ДАТА ВЫДАЧИ", f"{document.at:%d.%m.%y %H:%M}", WIDTH)
    lines += pair("СМЕНА", str(document.shift), WIDTH)
    lines += pair("ЧЕК", str(document.receipt), WIDTH) if document.receipt else []
    lines += pair("АВТОМАТ", who.automat, WIDTH)
    lines += pair("ЗН ККТ", who.serial, WIDTH)
    lines += pair("РН ККТ", who.registration_number, WIDTH)
    lines += pair("ФН", storage.number, WIDTH)
    lines += pair("ФД", str(document.number), WIDTH)
    lines += pair("ФП", f"{document.sign:010d}", WIDTH)
    lines += pair("САЙТ ФНС", who.tax_site, WIDTH)
    return _lines(lines)


def _qr_text(document: StoredDocument, storage: FiscalStorage) -> str:
    return FiscalDocument(
        storage.number, document.number, document.sign, document.at, Operation(document.operation),
        Money(document.total),
    ).qr_text()


def _lines(lines: list[str], style: Style = Style.NORMAL) -> list[Strip]:
    return [TextLine(line, style) for line in lines]


def _rule() -> TextLine:
    return TextLine("-" * WIDTH)


def _plain(kopecks: int) -> str:
    return Money(kopecks).decimal()


def _sum(kopecks: int) -> str:
    return f"={_plain(kopecks)}"
