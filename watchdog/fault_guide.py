"""The technician's guide to fault codes, written from the catalogue itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from contracts.faults import CATALOGUE, Fault, FaultCode, Severity, Stops

GROUPS = {
    "CA": "Купюроприёмник и купюры",
    "FR": "Фискальный регистратор и чеки",
    "FS": "Фискальный накопитель и ОФД",
    "BH": "Сервер поставщика",
    "JR": "Журнал, диск, часы",
    "WD": "Процессы",
}
SEVERITIES = {
    Severity.INFO: "сведение",
    Severity.WARNING: "сегодня",
    Severity.ERROR: "в течение часа",
    Severity.CRITICAL: "немедленно",
}
STOPS = {
    Stops.NOTHING: "ничего",
    Stops.CASH: "наличные",
    Stops.PAYMENTS: "все платежи",
    Stops.READINGS: "показания",
    Stops.EVERYTHING: "всё",
}

_OPENING = """\
# Коды неисправностей

Эти коды показывают страница техника, командная строка, учёт простоев и отчёты. Код не меняет смысла.
«Вмешаться» — как скоро нужен человек. «Останавливает» — что терминал перестаёт предлагать клиенту.
Знак ⚠ — затронуты деньги клиента или поставщика: ничего не отключайте и не обнуляйте, сначала спишите показания.
"""


def render() -> str:
    """The whole guide in Markdown."""
    return "\n".join([_OPENING, *_sections()])


def _sections() -> Iterator[str]:
    for letters, codes in groupby(sorted(FaultCode, key=_place), key=lambda code: code.value[:2]):
        yield f"## {letters}: {GROUPS[letters]}\n"
        yield "| Код | Что случилось и что делать | Вмешаться | Останавливает | Деньги |"
        yield "|---|---|---|---|---|"
        yield from (_row(CATALOGUE[code]) for code in codes)
        yield ""


def _place(code: FaultCode) -> tuple[int, str]:
    return list(GROUPS).index(code.value[:2]), code.value


def _row(fault: Fault) -> str:
    money = "⚠" if fault.money_at_stake else ""
    return (f"| {fault.code.value} | {fault.meaning} | {SEVERITIES[fault.severity]} | {STOPS[fault.stops]} "
            f"| {money} |")
