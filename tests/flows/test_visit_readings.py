"""Meter readings, from the first register to their recording: every refusal on the spot, every question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from contracts.pages import BACK, EXIT, PageKind
from terminal.accounts.account import AccountCard
from terminal.metering.meter import Meter
from terminal.visit.context import Offer
from terminal.visit.effects import EnteredReading, Forget, LookUp, RecordReadings
from terminal.visit.elements import ACCOUNT, CONFIRM, CORRECT, NEXT, PAY, READINGS, SEND
from terminal.visit.events import AccountFound, ReadingsRecorded, ReadingsRefused
from tests.support.flow_steps import FlowStep, VisitPlayer, page_text
from tests.support.visit_samples import (
    EXPIRED,
    NO_HOST,
    NUMBER,
    ONE_RATE,
    REMOTE,
    REPLACED,
    THREE_RATE,
    TWO_RATE,
    debtor,
    terminal_now,
)

ENTRY = PageKind.READING_ENTRY
QUESTION = PageKind.QUESTION
ONE = EnteredReading(ONE_RATE.serial, "T1", 4_700)


def at_card(*meters: Meter, card: AccountCard | None = None) -> VisitPlayer:
    player = VisitPlayer(terminal_now())
    player.play(
        FlowStep(PageKind.START, touch=READINGS),
        FlowStep(PageKind.ACCOUNT_ENTRY, keys=NUMBER, touch=NEXT, asks=LookUp(NUMBER),
                 answer=AccountFound(card or debtor(*meters))),
    )
    return player


def at_entry(*meters: Meter) -> VisitPlayer:
    player = at_card(*meters)
    player.play(FlowStep(PageKind.ACCOUNT_CARD, touch=READINGS))
    return player


def error(player: VisitPlayer) -> str:
    field = player.page.field
    assert field is not None
    return field.error.replace("\u00a0", " ")


def test_a_single_rate_meter_is_read_checked_and_recorded() -> None:
    at_entry().play(
        FlowStep(ENTRY, says="04521 кВт·ч, 20.10.2026", keys="04700", touch=NEXT),
        FlowStep(QUESTION, says="04700 кВт·ч", touch=SEND, asks=RecordReadings((ONE,))),
        FlowStep(PageKind.WAIT, answer=ReadingsRecorded("R-77")),
        FlowStep(PageKind.OUTCOME, says="Номер операции R-77", touch=EXIT, asks=Forget()),
        FlowStep(PageKind.START),
    )


def test_every_register_of_every_meter_is_read() -> None:
    player = at_entry(TWO_RATE, REMOTE, THREE_RATE)
    player.play(
        FlowStep(ENTRY, says="Показание 1 из 5", keys="14600", touch=NEXT),
        FlowStep(ENTRY, says="Т2, ночь", keys="7060", touch=NEXT),
        FlowStep(ENTRY, says="Т1, пик", keys="121100", touch=NEXT),
        FlowStep(ENTRY, says="080100 кВт·ч", keys="80150", touch=NEXT),
        FlowStep(ENTRY, says="Т3, полупик", keys="40400", touch=NEXT),
        FlowStep(QUESTION, says="Счётчик 00778899, Т3, полупик", touch=SEND, asks=RecordReadings((
            EnteredReading("00445566", "T1", 14_600), EnteredReading("00445566", "T2", 7_060),
            EnteredReading("00778899", "T1", 121_100), EnteredReading("00778899", "T2", 80_150),
            EnteredReading("00778899", "T3", 40_400),
        ))),
    )


def test_a_meter_that_reports_by_itself_is_told_beside_the_others() -> None:
    assert f"Счётчик {REMOTE.serial} передаёт показания сам" in page_text(at_entry(ONE_RATE, REMOTE).page)


def test_without_an_answer_of_the_host_the_readings_still_go_today() -> None:
    player = at_entry()
    player.play(
        FlowStep(ENTRY, keys="4700", touch=NEXT),
        FlowStep(QUESTION, touch=SEND, asks=RecordReadings((ONE,)), answer=ReadingsRecorded("")),
        FlowStep(PageKind.OUTCOME, says="Сегодня мы передадим их поставщику."),
    )


def test_a_refusal_of_the_host_is_told_in_its_words() -> None:
    at_entry().play(
        FlowStep(ENTRY, keys="4700", touch=NEXT),
        FlowStep(QUESTION, touch=SEND, asks=RecordReadings((ONE,)),
                 answer=ReadingsRefused("Показания {уже} переданы.")),
        FlowStep(PageKind.OUTCOME, says="Показания {уже} переданы.", touch=BACK),
        FlowStep(PageKind.ACCOUNT_CARD),
    )


def test_nothing_typed_is_told() -> None:
    player = at_entry()
    player.touch(NEXT)
    assert error(player) == "Введите цифры, которые показывает счётчик."
    player.touch("key-4")
    assert error(player) == ""


def test_a_digit_too_many_is_told_at_once_and_dropped() -> None:
    player = at_entry()
    player.type("047001")
    assert error(player) == "У счётчика 5 цифр до запятой. Цифры после запятой вводить не нужно."
    player.play(FlowStep(ENTRY, touch=NEXT), FlowStep(QUESTION, says="04700 кВт·ч"))


def test_a_reading_lower_than_the_last_says_what_to_do() -> None:
    player = at_entry()
    player.play(FlowStep(ENTRY, keys="4520", touch=NEXT))
    assert "меньше прошлого показания, 04521" in error(player)
    assert "Если счётчик меняли, позвоните по телефону 8 800 100-00-00" in error(player)


def test_mixed_up_zones_are_named() -> None:
    player = at_entry(TWO_RATE)
    player.play(FlowStep(ENTRY, keys="7060", touch=NEXT))
    assert "Похоже на показание «Т2, ночь»" in error(player)


def test_a_large_consumption_is_asked_about_and_may_be_right() -> None:
    player = at_entry()
    player.play(
        FlowStep(ENTRY, keys="09000", touch=NEXT),
        FlowStep(QUESTION, says="4 479 кВт·ч"),
        FlowStep(QUESTION, says="180 кВт·ч", touch=CONFIRM),
        FlowStep(QUESTION, says="09000 кВт·ч", touch=SEND,
                 asks=RecordReadings((EnteredReading(ONE_RATE.serial, "T1", 9_000),))),
    )


def test_a_large_consumption_may_be_typed_again() -> None:
    player = at_entry()
    player.play(
        FlowStep(ENTRY, keys="09000", touch=NEXT),
        FlowStep(QUESTION, touch=BACK),
        FlowStep(ENTRY, says="09000", touch=NEXT),
        FlowStep(QUESTION, touch=CORRECT),
        FlowStep(ENTRY, keys="4700", touch=NEXT),
        FlowStep(QUESTION, says="04700 кВт·ч"),
    )


def test_a_display_that_passed_through_zero_is_asked_about() -> None:
    nearly_full = replace(ONE_RATE, registers=(replace(ONE_RATE.registers[0], last_kwh=99_950),))
    player = at_entry(nearly_full)
    player.play(
        FlowStep(ENTRY, keys="00080", touch=NEXT),
        FlowStep(QUESTION, says="прошёл через ноль", touch=CONFIRM),
        FlowStep(QUESTION, touch=SEND, asks=RecordReadings((EnteredReading(ONE_RATE.serial, "T1", 80),))),
    )


def test_going_back_keeps_what_was_typed() -> None:
    player = at_entry(TWO_RATE)
    player.play(
        FlowStep(ENTRY, keys="14600", touch=NEXT),
        FlowStep(ENTRY, says="Т2, ночь", keys="7060", touch=NEXT),
        FlowStep(QUESTION, touch=BACK),
        FlowStep(ENTRY, says="7060", touch=BACK),
        FlowStep(ENTRY, says="14600", touch=BACK),
        FlowStep(PageKind.ACCOUNT_CARD),
    )


def test_outside_the_dates_readings_are_not_taken_and_the_dates_are_told() -> None:
    player = at_card()
    player.change(today=date(2026, 11, 26))
    player.play(
        FlowStep(PageKind.ACCOUNT_CARD, touch=READINGS),
        FlowStep(PageKind.OUTCOME, touch=BACK,
                 says="с 15-го по 25-е число каждого месяца, ближайший день — 15.12.2026"),
        FlowStep(PageKind.ACCOUNT_CARD),
    )


def test_dates_that_end_during_the_visit_are_told_at_the_entry() -> None:
    player = at_entry()
    player.change(today=date(2026, 11, 26))
    player.play(FlowStep(ENTRY, keys="4700", touch=NEXT))
    assert "15.12.2026" in error(player)


def test_an_account_without_readable_meters_says_why() -> None:
    player = at_card(REMOTE, REPLACED, EXPIRED)
    player.play(FlowStep(PageKind.ACCOUNT_CARD, touch=READINGS))
    text = page_text(player.page)
    assert "нет счётчиков, показания которых нужно вводить" in text
    assert "истёк срок поверки" in text


def test_readings_that_are_not_offered_say_why() -> None:
    player = at_card()
    player.change(readings=Offer(False, NO_HOST))
    player.play(
        FlowStep(PageKind.ACCOUNT_CARD, touch=READINGS),
        FlowStep(PageKind.OUTCOME, says="Сейчас нет связи с поставщиком.", touch=PAY),
        FlowStep(PageKind.AMOUNT),
    )


def test_after_the_readings_payment_and_account_are_one_touch_away() -> None:
    done = (
        FlowStep(ENTRY, keys="4700", touch=NEXT),
        FlowStep(QUESTION, touch=SEND, asks=RecordReadings((ONE,)), answer=ReadingsRecorded("R-1")),
    )
    paying, looking = at_entry(), at_entry()
    paying.play(*done, FlowStep(PageKind.OUTCOME, touch=PAY), FlowStep(PageKind.AMOUNT))
    looking.play(
        *done, FlowStep(PageKind.OUTCOME, touch=ACCOUNT, asks=LookUp(NUMBER)), FlowStep(PageKind.WAIT)
    )
