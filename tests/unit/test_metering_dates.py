"""The calendar of the acceptance window: within a month, past its end, and the odd ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.metering.acceptance_dates import closes_on, opens_on
from terminal.metering.meter import ReadingWindow

WITHIN, ACROSS = ReadingWindow(15, 25), ReadingWindow(23, 3)


@pytest.mark.parametrize(("window", "today", "opens", "closes"), [
    (WITHIN, date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 25)),
    (WITHIN, date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 25)),
    (WITHIN, date(2026, 11, 26), date(2026, 12, 15), None),
    (WITHIN, date(2026, 12, 31), date(2027, 1, 15), None),
    (ACROSS, date(2026, 12, 30), date(2026, 12, 30), date(2027, 1, 3)),
    (ACROSS, date(2027, 1, 3), date(2027, 1, 3), date(2027, 1, 3)),
    (ACROSS, date(2027, 1, 4), date(2027, 1, 23), None),
    (ReadingWindow(31, 31), date(2027, 2, 1), date(2027, 3, 31), None),
    (ReadingWindow(20, 31), date(2027, 2, 25), date(2027, 2, 25), date(2027, 2, 28)),
    (ReadingWindow(1, 31), date(2027, 2, 25), date(2027, 2, 25), None),
    (ReadingWindow(0, 0), date(2027, 2, 25), None, None),
])
def test_the_window_opens_and_closes_to_the_day(
    window: ReadingWindow, today: date, opens: date | None, closes: date | None,
) -> None:
    assert opens_on(window, today) == opens
    assert closes_on(window, today) == closes


@given(st.integers(1, 31), st.integers(1, 31), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_every_real_window_opens_soon_and_closes_before_a_day_outside_it(
    first: int, last: int, today: date,
) -> None:
    window = ReadingWindow(first, last)
    opening, closing = opens_on(window, today), closes_on(window, today)
    assert opening is not None
    assert window.contains(opening)
    assert (opening == today) == window.contains(today)
    if closing is not None:
        assert window.contains(today)
        assert window.contains(closing)
        assert not window.contains(closing + timedelta(days=1))
