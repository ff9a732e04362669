"""The rules for taking a reading: examples for every answer, and properties that hold for all readings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.metering.acceptance import (
    MeterObstacle,
    QuestionReason,
    ReadingAccepted,
    ReadingQuestioned,
    ReadingRefused,
    RefusalReason,
    judge,
    obstacle,
    plausible_most,
)
from terminal.metering.meter import Meter, ReadingWindow, Register

TODAY = date(2026, 11, 20)
WINDOW = ReadingWindow(15, 25)
DAY = Register("T1", 4_521, date(2026, 10, 20), 180)
NIGHT = Register("T2", 812, date(2026, 10, 20), 60)
ONE_RATE = Meter("00112233", 5, (DAY,), date(2030, 1, 31))
TWO_RATE = Meter("00112244", 5, (DAY, NIGHT), None)
FACTOR = 4


def judged(typed: str, register: Register = DAY, meter: Meter = ONE_RATE, today: date = TODAY) -> object:
    return judge(register, meter, typed, today, WINDOW, FACTOR)


@pytest.mark.parametrize(("typed", "kwh", "consumption"), [
    ("4700", 4700, 179), ("04700", 4700, 179), ("0004700", 4700, 179), ("4521", 4521, 0), ("5241", 5241, 720),
])
def test_an_ordinary_reading_is_taken_with_its_consumption(typed: str, kwh: int, consumption: int) -> None:
    assert judged(typed) == ReadingAccepted(kwh, consumption)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", RefusalReason.EMPTY),
        ("12a", RefusalReason.NOT_A_NUMBER),
        ("-5", RefusalReason.NOT_A_NUMBER),
        ("٣٤", RefusalReason.NOT_A_NUMBER),
        ("²", RefusalReason.NOT_A_NUMBER),
        ("47001", RefusalReason.TOO_MANY_DIGITS),
        ("0" * 40, RefusalReason.TOO_MANY_DIGITS),
        ("4520", RefusalReason.LOWER_THAN_LAST),
        ("0", RefusalReason.LOWER_THAN_LAST),
    ],
)
def test_a_wrong_reading_is_refused_with_its_reason(typed: str, reason: RefusalReason) -> None:
    four_places = replace(ONE_RATE, digits=4) if reason is RefusalReason.TOO_MANY_DIGITS else ONE_RATE
    assert judged(typed, meter=four_places) == ReadingRefused(reason)


def test_one_kilowatt_hour_above_the_limit_is_asked_about() -> None:
    assert judged("5242") == ReadingQuestioned(QuestionReason.IMPLAUSIBLE, 5242, 721, 180)


def test_each_further_month_without_a_reading_allows_one_usual_month_more() -> None:
    long_ago = replace(DAY, last_on=date(2026, 5, 20))
    assert plausible_most(long_ago, TODAY, FACTOR) == 180 * (FACTOR + 5)
    assert judged("5242", register=long_ago) == ReadingAccepted(5242, 721)


def test_unknown_usual_consumption_is_taken_as_that_of_an_ordinary_flat() -> None:
    unknown = replace(DAY, usual_month_kwh=0)
    assert judged("5721", register=unknown) == ReadingAccepted(5721, 1200)
    assert judged("5722", register=unknown) == ReadingQuestioned(QuestionReason.IMPLAUSIBLE, 5722, 1201, 0)


def test_a_display_that_passed_through_zero_is_recognised_and_asked_about() -> None:
    near_the_end = replace(DAY, last_kwh=99_900)
    assert judged("00050", register=near_the_end) == ReadingQuestioned(
        QuestionReason.ROLLED_OVER, 50, 150, 180
    )
    assert judged("00700", register=near_the_end) == ReadingRefused(RefusalReason.LOWER_THAN_LAST)


def test_mixed_up_zones_are_recognised() -> None:
    assert judged("900", meter=TWO_RATE) == ReadingRefused(RefusalReason.LOWER_THAN_LAST, "T2")
    answer = judged("4600", register=NIGHT, meter=TWO_RATE)
    assert answer == ReadingQuestioned(QuestionReason.IMPLAUSIBLE, 4600, 3788, 60, "T1")


@pytest.mark.parametrize(("meter", "why", "reason"), [
    (replace(ONE_RATE, remote=True), MeterObstacle.REMOTE, RefusalReason.METER_REMOTE),
    (replace(ONE_RATE, replaced=True), MeterObstacle.REPLACED, RefusalReason.METER_REPLACED),
    (replace(ONE_RATE, replaced=True, remote=True), MeterObstacle.REPLACED, RefusalReason.METER_REPLACED),
    (replace(ONE_RATE, verified_until=date(2026, 11, 19)), MeterObstacle.VERIFICATION_OVER,
     RefusalReason.METER_VERIFICATION_OVER),
])
def test_a_meter_that_is_not_read_by_clients_says_why(
    meter: Meter, why: MeterObstacle, reason: RefusalReason
) -> None:
    assert obstacle(meter, TODAY) is why
    assert judged("4700", meter=meter) == ReadingRefused(reason)


def test_the_last_day_of_verification_still_counts() -> None:
    assert obstacle(replace(ONE_RATE, verified_until=TODAY), TODAY) is None


@pytest.mark.parametrize(("day", "taken"), [(14, False), (15, True), (25, True), (26, False)])
def test_dates_of_acceptance_are_kept_to_the_day(day: int, taken: bool) -> None:
    answer = judged("4700", today=date(2026, 11, day))
    assert answer == (ReadingAccepted(4700, 179) if taken else ReadingRefused(RefusalReason.OUTSIDE_DATES))


REGISTERS = st.builds(
    Register, st.sampled_from(["T1", "T2", "T3"]), st.integers(0, 10**7),
    st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    st.integers(0, 5_000),
)
METERS = st.builds(
    Meter, st.just("1"), st.integers(1, 8), st.lists(REGISTERS, min_size=1, max_size=3).map(tuple),
    st.none() | st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.booleans(), st.booleans(),
)


@given(METERS, st.text(max_size=45) | st.from_regex(r"[0-9]{1,9}", fullmatch=True), st.integers(1, 10))
def test_every_entry_gets_one_answer_that_agrees_with_the_meter(
    meter: Meter, typed: str, factor: int
) -> None:
    register = meter.registers[0]
    answer = judge(register, meter, typed, TODAY, WINDOW, factor)
    match answer:
        case ReadingAccepted():
            assert answer.kwh == int(typed) == register.last_kwh + answer.consumption
            assert 0 <= answer.consumption <= plausible_most(register, TODAY, factor)
            assert answer.kwh < 10**meter.digits
        case ReadingQuestioned(reason=QuestionReason.ROLLED_OVER):
            assert answer.kwh < register.last_kwh
            assert answer.kwh + 10**meter.digits - register.last_kwh == answer.consumption > 0
        case ReadingQuestioned():
            assert answer.consumption > plausible_most(register, TODAY, factor)
        case ReadingRefused():
            assert answer.reason in RefusalReason


@given(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 500), st.integers(0, 3))
def test_leading_zeros_change_nothing(last: int, kwh: int, usual: int, zeros: int) -> None:
    register = Register("T1", last, date(2026, 10, 20), usual)
    plain = judge(register, ONE_RATE, str(kwh), TODAY, WINDOW, FACTOR)
    assert judge(register, ONE_RATE, "0" * zeros + str(kwh), TODAY, WINDOW, FACTOR) == plain
