"""Moments of records: what the general writer of ISO 8601 writes, whatever was written before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from terminal.journal.moments import MomentWriter

BERLIN = ZoneInfo("Europe/Berlin")
SUMMER = datetime(2026, 10, 25, 2, 30, 7, 250_999, BERLIN)
ZONES = st.sampled_from([BERLIN, ZoneInfo("Asia/Kathmandu"), timezone(timedelta(hours=3)), UTC])
NEAR = st.integers(-3_600_000, 3_600_000).map(lambda thousandths: SUMMER + timedelta(milliseconds=thousandths))


@given(st.lists(st.one_of(NEAR, st.datetimes(timezones=ZONES)), max_size=20))
@example([SUMMER, SUMMER.replace(fold=1), SUMMER])
@example([SUMMER, SUMMER.replace(tzinfo=UTC)])
@example([SUMMER, SUMMER.replace(hour=3), SUMMER.replace(day=26), SUMMER.replace(month=9), SUMMER.replace(year=2025)])
def test_moments_are_written_as_the_library_writes_them(moments: list[datetime]) -> None:
    writer = MomentWriter()
    assert [writer.text(each) for each in moments] == [each.isoformat(timespec="milliseconds") for each in moments]
