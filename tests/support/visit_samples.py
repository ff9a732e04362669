"""A terminal and accounts for tests of the visit: every kind of meter, debt and state, all invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from contracts.identifiers import AccountNumber
from contracts.money import Money
from terminal.accounts.account import AccountCard, AccountState, HolderKind, ServiceCharge
from terminal.accounts.search import check_digit
from terminal.metering.meter import Meter, ReadingWindow, Register
from terminal.visit.context import Offer, Surroundings

TODAY = date(2026, 11, 20)
NUMBER = AccountNumber("441200307" + check_digit("441200307"))
OTHER_NUMBER = AccountNumber("441200308" + check_digit("441200308"))
NO_CASH = "Cash is not accepted at the moment."
NO_HOST = "There is no connection with the supplier at the moment."
BROKEN = "The terminal is temporarily out of service."

ONE_RATE = Meter("00112233", 5, (Register("T1", 4_521, date(2026, 10, 20), 180),), date(2030, 1, 31))
TWO_RATE = Meter("00445566", 5, (
    Register("T1", 14_521, date(2026, 10, 20), 180), Register("T2", 7_030, date(2026, 10, 20), 60),
), None)
THREE_RATE = Meter("00778899", 6, (
    Register("T1", 121_000, date(2026, 10, 20), 120), Register("T2", 80_100, date(2026, 10, 20), 60),
    Register("T3", 40_300, date(2026, 10, 20), 0),
), date(2028, 5, 1))
REMOTE = replace(ONE_RATE, serial="00990011", remote=True)
REPLACED = replace(ONE_RATE, serial="00990022", replaced=True)
EXPIRED = replace(ONE_RATE, serial="00990033", verified_until=date(2026, 11, 1))


def terminal_now(now_s: float = 0.0) -> Surroundings:
    """Everything works; the 20th of November, within the acceptance dates."""
    return Surroundings(
        terminal="T-0001",
        company_name="Невская энергосбытовая компания",
        phone="8 800 100-00-00",
        site="ул. Летняя, 1",
        today=TODAY,
        now_s=now_s,
        cash=Offer(True),
        readings=Offer(True),
        lookup=Offer(True),
        note_values=tuple(Money.rubles(each) for each in (50, 100, 200, 500, 1_000, 2_000, 5_000)),
    )


def debtor(*meters: Meter) -> AccountCard:
    """Owes 1 234,56 ₽ for two services; one single-rate meter unless others are given."""
    return AccountCard(
        number=NUMBER,
        company="neva",
        company_name="Невская энергосбытовая компания",
        kind=HolderKind.INDIVIDUAL,
        state=AccountState.OPEN,
        holder="И****в П. С.",
        address="ул. Л****я, д. 12, кв. **",
        services=(
            ServiceCharge("el", "Электроэнергия", Money(1_000_06)),
            ServiceCharge("ht", "Отопление", Money(234_50)),
        ),
        meters=meters or (ONE_RATE,),
        period="2026-10",
        window=ReadingWindow(15, 25),
        last_payment=Money(980_00),
        last_payment_on=date(2026, 10, 12),
    )


def in_advance() -> AccountCard:
    """150 ₽ ahead, nothing owed."""
    return replace(debtor(), services=(ServiceCharge("el", "Электроэнергия", Money(-150_00)),))


def blocked() -> AccountCard:
    return replace(debtor(), state=AccountState.BLOCKED)


def closed() -> AccountCard:
    return replace(debtor(), state=AccountState.CLOSED)


def legal_entity() -> AccountCard:
    return replace(
        debtor(THREE_RATE), kind=HolderKind.LEGAL_ENTITY, holder="ООО «Ромашка»",
        services=(ServiceCharge("el", "Электроэнергия", Money(45_000_00)),))
