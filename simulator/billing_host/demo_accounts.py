"""Well-known accounts: always there, always the same, one for each thing worth showing or testing.

| number | what it is |
|---|---|
| 5200000015 | owes 2 347,56 ₽, meter with two rates |
| 5200000023 | 500 ₽ ahead, one rate |
| 5200000031 | closed |
| 5200000049 | blocked: payments at the office only |
| 5200000056 | three rates, owes little, further services on the bill |
| 5200000064 | a company with two meters |
| 6900000016 | long arrears, meter out of verification |
| 2600000018 | reports its readings by itself; readings from the 23rd to the 3rd |
| 2900000015 | meter replaced, nothing owed |
| 2900000023 | owes 1 284,30 ₽, meter with two rates; readings on every day of the month |
"""

from __future__ import annotations

from datetime import date, timedelta

from simulator.billing_host.companies import ELECTRICITY, FURTHER_SERVICES
from simulator.billing_host.records import (
    BLOCKED,
    CLOSED,
    INDIVIDUAL,
    LEGAL_ENTITY,
    OPEN,
    AccountRecord,
    ChargeRecord,
    MeterRecord,
    RegisterRecord,
)

DEBTOR = "5200000015"
AHEAD = "5200000023"
CLOSED_ACCOUNT = "5200000031"
BLOCKED_ACCOUNT = "5200000049"
THREE_RATES = "5200000056"
COMPANY = "5200000064"
ARREARS = "6900000016"
REMOTE = "2600000018"
REPLACED = "2900000015"
ALWAYS_READ = "2900000023"

VERIFIED_DAYS = 2_000
LAST_READ_DAYS = 31
LAST_PAID_DAYS = 26


def demo_accounts(today: date) -> tuple[AccountRecord, ...]:
    """The accounts as they stand on the day when the host starts for the first time."""
    paid_on = (today - timedelta(days=LAST_PAID_DAYS)).isoformat()
    return (*_petersburg_accounts(today, paid_on), *_other_towns_accounts(today, paid_on))


def _petersburg_accounts(today: date, paid_on: str) -> tuple[AccountRecord, ...]:
    petersburg = "г. Санкт-Петербург"
    return (
        AccountRecord(
            DEBTOR, "neva", INDIVIDUAL, OPEN, "Иванов Пётр Семёнович", petersburg, "ул. Лётчика Пилютова", "12к2", "34",
            _electricity(2_347_56), (_meter(today, "30567812", 6, (48_312, 21_077), (210, 95)),), 1_900_00, paid_on),
        AccountRecord(
            AHEAD, "neva", INDIVIDUAL, OPEN, "Смирнова Анна Викторовна", petersburg, "ул. Садовая", "5", "7",
            _electricity(-500_00), (_meter(today, "11890455", 5, (12_904,), (140,)),), 1_500_00, paid_on),
        AccountRecord(
            CLOSED_ACCOUNT, "neva", INDIVIDUAL, CLOSED, "Попов Олег Иванович", petersburg, "ул. Садовая", "5", "8",
            _electricity(0), (_meter(today, "11890456", 5, (99_120,), (0,)),)),
        AccountRecord(
            BLOCKED_ACCOUNT, "neva", INDIVIDUAL, BLOCKED, "Козлов Виктор Юрьевич", petersburg, "ул. Кирова", "40", "1",
            _electricity(61_200_00), (_meter(today, "11890999", 5, (40_001,), (300,)),)),
        AccountRecord(
            THREE_RATES, "neva", INDIVIDUAL, OPEN, "Фёдорова Вера Олеговна", petersburg, "Невский проспект", "88", "15",
            (*_electricity(120_40), *(ChargeRecord(*each, 38_10) for each in FURTHER_SERVICES[:2])),
            (_meter(today, "45100231", 6, (7_120, 3_004, 5_518), (90, 40, 70)),), 950_00, paid_on),
        AccountRecord(
            COMPANY, "neva", LEGAL_ENTITY, OPEN, "ООО «Пекарня у дома»", petersburg, "пл. Труда", "3", "",
            _electricity(48_730_15),
            (_meter(today, "70011223", 6, (310_455,), (4_100,)), _meter(today, "70011224", 6, (88_310,), (900,))),
            51_000_00, paid_on),
    )


def _other_towns_accounts(today: date, paid_on: str) -> tuple[AccountRecord, ...]:
    return (
        AccountRecord(
            ARREARS, "volga", INDIVIDUAL, OPEN, "Новиков Андрей Петрович", "г. Тверь", "бул. Цанова", "17", "120",
            _electricity(37_905_90), (_meter(today, "20114477", 5, (66_004,), (260,), verified_days=-40),)),
        AccountRecord(
            REMOTE, "mashuk", INDIVIDUAL, OPEN, "Лебедева Юлия Сергеевна", "г. Пятигорск", "ул. Теплосерная", "30", "2",
            _electricity(812_00), (_meter(today, "90210077", 6, (15_230, 6_871), (120, 60), remote=True),),
            812_00, paid_on),
        AccountRecord(
            REPLACED, "dvina", INDIVIDUAL, OPEN, "Морозов Юрий Николаевич", "г. Архангельск", "наб. Северной Двины",
            "71", "18", _electricity(0), (_meter(today, "55501002", 6, (37,), (150,), replaced=True),),
            700_00, paid_on),
        AccountRecord(
            ALWAYS_READ, "dvina", INDIVIDUAL, OPEN, "Белова Нина Павловна", "г. Архангельск", "пр. Ломоносова",
            "114", "27", _electricity(1_284_30), (_meter(today, "55501177", 6, (21_480, 9_305), (160, 70)),),
            1_140_00, paid_on),
    )


def _electricity(due_kopecks: int) -> tuple[ChargeRecord, ...]:
    return (ChargeRecord(*ELECTRICITY, due_kopecks),)


def _meter(
    today: date, serial: str, digits: int, last_kwh: tuple[int, ...], usual_kwh: tuple[int, ...], *,
    verified_days: int = VERIFIED_DAYS, remote: bool = False, replaced: bool = False,
) -> MeterRecord:
    read_on = (today - timedelta(days=LAST_READ_DAYS)).isoformat()
    registers = tuple(
        RegisterRecord(f"T{place}", last, read_on, usual)
        for place, (last, usual) in enumerate(zip(last_kwh, usual_kwh, strict=True), start=1)
    )
    return MeterRecord(
        serial, digits, registers, (today + timedelta(days=verified_days)).isoformat(), remote, replaced)
