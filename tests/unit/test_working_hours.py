"""Working time between two moments: lunch breaks, short days, weekends, holidays, moved days, zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.working_hours import WHOLE_DAY, Span, WorkingHours, parse_spans, parse_special_days

OMSK = ZoneInfo("Asia/Omsk")
OFFICE_DAY = parse_spans(["09:00-13:00", "14:00-18:00"])
FRIDAY = parse_spans(["09:00-13:00", "14:00-16:45"])
OFFICE = WorkingHours(
    OMSK, (OFFICE_DAY,) * 4 + (FRIDAY, (), ()), parse_special_days(["2026-11-04", "2026-10-31 09:00-12:00"])
)
MINUTES = st.integers(0, 31 * 24 * 60).map(lambda each: datetime(2026, 10, 20, tzinfo=UTC) + timedelta(minutes=each))


def omsk(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OMSK)


@pytest.mark.parametrize(("start", "end", "hours"), [
    (omsk(2, 9), omsk(2, 10), 1),
    (omsk(2, 12, 30), omsk(2, 14, 30), 1),  # over lunch
    (omsk(2, 13), omsk(2, 14), 0),
    (omsk(2, 17), omsk(3, 10), 2),  # over night
    (omsk(6, 16), omsk(9, 10), 1.75),  # over a weekend that begins early
    (omsk(4, 9), omsk(4, 18), 0),  # a holiday in the middle of a week
    (omsk(31, 0, month=10), omsk(1, 0), 3),  # a Saturday on which people work until noon
    (omsk(2, 0), omsk(8, 23), 8 * 3 + 6.75),
    (omsk(2, 10), omsk(2, 9), 0),
])
def test_working_time_between_two_moments(start: datetime, end: datetime, hours: float) -> None:
    assert OFFICE.within_s(start, end) == hours * 3600
    assert OFFICE.within_s(start.astimezone(UTC), end.astimezone(UTC)) == hours * 3600


@settings(max_examples=40)
@given(MINUTES, st.integers(0, 3000))
def test_it_is_what_counting_minutes_gives(start: datetime, minutes: int) -> None:
    counted = 0
    for number in range(minutes):
        moment = (start + timedelta(minutes=number)).astimezone(OMSK)
        spans = OFFICE.special.get(moment.date(), OFFICE.week[moment.weekday()])
        counted += any(span.first <= moment.hour * 60 + moment.minute < span.last for span in spans)
    assert OFFICE.within_s(start, start + timedelta(minutes=minutes)) == counted * 60


@given(MINUTES, MINUTES)
def test_round_the_clock_is_all_the_time(start: datetime, end: datetime) -> None:
    assert WorkingHours(OMSK).within_s(start, end) == max(0.0, (end - start).total_seconds())


def test_a_change_of_the_clocks_is_not_working_time() -> None:
    night = WorkingHours(ZoneInfo("Europe/Berlin"), (parse_spans(["00:00-06:00"]),) * 7)
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    for day, hours in ((spring, 5), (autumn, 7)):
        start = datetime(day.year, day.month, day.day, tzinfo=night.zone)
        assert night.within_s(start, start + timedelta(days=1)) == hours * 3600


@pytest.mark.parametrize("wrong", [
    "09:00-13:00", ["09:00"], ["9:00-13:00"], ["13:00-09:00"], ["09:00-09:00"], ["09:00-24:01"], ["09:60-10:00"],
    ["14:00-18:00", "09:00-13:00"], ["09:00-13:00", "12:59-18:00"], [5], None, ["00:00-01:00"] * 9,
])
def test_what_is_no_working_day_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reader of the configuration says what is allowed
        parse_spans(wrong)


@pytest.mark.parametrize("wrong", [
    ["2026-02-30"], ["20261104"], ["2026-W01-1"], ["2026-11-04", "2026-11-04"], ["2026-11-04 9-12"],
    ["2026-11-04  09:00-12:00"], "2026-11-04", [5], [""],
])
def test_what_is_no_list_of_days_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_special_days(wrong)


def test_the_end_of_a_day_can_be_written() -> None:
    assert parse_spans(["00:00-24:00"]) == WHOLE_DAY == (Span(0, 1440),)
    assert parse_spans([]) == ()
