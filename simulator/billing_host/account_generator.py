"""Accounts by the thousand, the same ones for the same seed and day.

Every kind that a terminal must cope with is among them in a known share: see the constants.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from simulator.billing_host.account_numbers import with_check_digit
from simulator.billing_host.companies import (
    BUSINESSES,
    COMPANIES,
    ELECTRICITY,
    FATHERS,
    FURTHER_SERVICES,
    MEN,
    STREETS,
    SURNAMES,
    WOMEN,
    Company,
)
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

FIRST_COUNTER = 1_000
"""Numbers below it are kept for the well-known accounts."""
SHARE_CLOSED, SHARE_BLOCKED, SHARE_BUSINESS = 0.02, 0.02, 0.03
SHARE_TWO_RATES, SHARE_THREE_RATES = 0.35, 0.10
SHARE_ARREARS, SHARE_DEBT, SHARE_ADVANCE = 0.15, 0.45, 0.20
SHARE_REMOTE, SHARE_REPLACED, SHARE_UNVERIFIED = 0.10, 0.03, 0.05
SHARE_TWO_METERS, SHARE_FURTHER_SERVICE = 0.03, 0.25
DAYS_IN_YEAR = 365


def generate(seed: int, count: int, today: date) -> Iterator[AccountRecord]:
    """`count` accounts spread evenly over the companies."""
    random = Random(seed)
    for place in range(count):
        yield _account(random, COMPANIES[place % len(COMPANIES)], FIRST_COUNTER + place, today)


def _account(random: Random, company: Company, counter: int, today: date) -> AccountRecord:
    business = random.random() < SHARE_BUSINESS
    meters = tuple(_meter(random, today) for _ in range(1 + (random.random() < SHARE_TWO_METERS)))
    paid = random.random() < 0.9
    return AccountRecord(
        number=with_check_digit(f"{company.prefix}{counter:07d}"),
        company=company.code,
        kind=LEGAL_ENTITY if business else INDIVIDUAL,
        state=_state(random),
        holder=random.choice(BUSINESSES) if business else _name(random),
        locality=random.choice(company.localities),
        street=random.choice(STREETS),
        house=f"{random.randint(1, 180)}{random.choice(('', '', '', 'А', 'к2', ' корп. 3'))}",
        flat="" if random.random() < 0.15 else str(random.randint(1, 240)),
        charges=_charges(random),
        meters=meters,
        last_kopecks=random.randint(300_00, 6_000_00) if paid else None,
        last_on=(today - timedelta(days=random.randint(3, 60))).isoformat() if paid else None,
    )


def _state(random: Random) -> str:
    share = random.random()
    if share < SHARE_CLOSED:
        return CLOSED
    return BLOCKED if share < SHARE_CLOSED + SHARE_BLOCKED else OPEN


def _name(random: Random) -> str:
    surname, father = random.choice(SURNAMES), random.choice(FATHERS)
    if random.random() < 0.5:
        return f"{surname} {random.choice(MEN)} {father}ич"
    return f"{surname}а {random.choice(WOMEN)} {father}на"


def _charges(random: Random) -> tuple[ChargeRecord, ...]:
    share = random.random()
    if share < SHARE_ARREARS:
        due = random.randint(10_000_00, 90_000_00)
    elif share < SHARE_ARREARS + SHARE_DEBT:
        due = random.randint(350_00, 4_500_00)
    elif share < SHARE_ARREARS + SHARE_DEBT + SHARE_ADVANCE:
        due = -random.randint(50_00, 3_000_00)
    else:
        due = 0
    charges = [ChargeRecord(*ELECTRICITY, due)]
    if random.random() < SHARE_FURTHER_SERVICE:
        charges.append(ChargeRecord(*random.choice(FURTHER_SERVICES), random.randint(0, 900_00)))
    return tuple(charges)


def _meter(random: Random, today: date) -> MeterRecord:
    share = random.random()
    rates = 3 if share < SHARE_THREE_RATES else 2 if share < SHARE_THREE_RATES + SHARE_TWO_RATES else 1
    digits = random.choice((5, 6, 6))
    read_on = (today - timedelta(days=random.randint(20, 45))).isoformat()
    registers = tuple(
        RegisterRecord(f"T{zone + 1}", random.randint(0, 10**digits // 2), read_on, random.randint(40, 320))
        for zone in range(rates)
    )
    unverified = random.random() < SHARE_UNVERIFIED
    days = -random.randint(1, DAYS_IN_YEAR) if unverified else random.randint(90, 15 * DAYS_IN_YEAR)
    return MeterRecord(
        serial=str(random.randint(10_000_000, 99_999_999)),
        digits=digits,
        registers=registers,
        verified_until=(today + timedelta(days=days)).isoformat(),
        remote=random.random() < SHARE_REMOTE,
        replaced=random.random() < SHARE_REPLACED,
    )
