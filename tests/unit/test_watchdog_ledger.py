"""The ledger of outages: what is written, what a damaged one gives back, how it adds up and is shown."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from contracts.working_hours import WHOLE_DAY, Span, WorkingHours
from tests.support.watchdog_clock import START
from watchdog import ledger, report
from watchdog.instant import Instant
from watchdog.outages import Outage, totals
from watchdog.watched import Cause

ROUND_THE_CLOCK = WorkingHours(UTC)
TO_TEN = WorkingHours(UTC, ((Span(8 * 60, 10 * 60),), *(WHOLE_DAY,) * 6))
"""On Mondays closed from ten o'clock on."""


def outage(number: int, at: float, lasted: float | None, *, planned: bool = False, boot: str = "b") -> Outage:
    started = Instant(START + timedelta(seconds=at), at, boot)
    ended = None if lasted is None else started.before(-lasted)
    return Outage(number, "service", Cause.STOPPED, planned, started, started, ("WD01",), "exit=1", ended)


def test_the_ledger_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ledger.jsonl"
    writer = ledger.Ledger(path)
    assert writer.open() == ()
    first = writer.begin(outage(0, 0, None))
    second = writer.begin(outage(0, 10, None))
    assert (first.number, second.number) == (1, 2)
    writer.end(1, first.started.before(-5.5), ("WD01", "WD05"))
    contents = ledger.read(path)
    assert contents.unreadable == 0
    assert contents.outages[0].ended == first.started.before(-5.5)
    assert contents.outages[0].faults == ("WD01", "WD05")
    assert contents.outages[1] == second
    again = ledger.Ledger(path)
    assert again.open() == (second,)
    assert again.begin(outage(0, 20, None)).number == 3


def test_a_line_torn_anywhere_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    writer = ledger.Ledger(path)
    writer.open()
    writer.begin(outage(0, 0, None))
    whole = path.read_bytes()
    writer.begin(outage(0, 10, None))
    full = path.read_bytes()
    for cut in range(len(whole), len(full)):
        path.write_bytes(full[:cut])
        later = ledger.Ledger(path)
        later.open()
        later.begin(outage(0, 20, None))
        contents = ledger.read(path)
        complete = cut == len(full) - 1
        assert len(contents.outages) == (3 if complete else 2), cut
        assert contents.unreadable == (0 if complete or cut == len(whole) else 1), cut


def test_the_ledger_is_bounded_and_an_open_outage_survives_the_change_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MAX_BYTES", 2_000)
    path = tmp_path / "ledger.jsonl"
    writer = ledger.Ledger(path)
    writer.open()
    for _ in range(4):
        begun = writer.begin(outage(0, 0, None))
        writer.end(begun.number, begun.started, ())
    open_one = writer.begin(outage(0, 0, None))
    while not ledger.older(path).exists():
        writer.begin(outage(0, 1, None))
    writer.end(open_one.number, open_one.started.before(-1), ())
    found = {each.number: each for each in ledger.read(path).outages}
    assert found[open_one.number].ended is not None
    for _ in range(100):
        writer.begin(outage(0, 2, None))
    assert path.stat().st_size + ledger.older(path).stat().st_size < 5_000
    assert {each.name for each in tmp_path.iterdir()} == {"ledger.jsonl", "ledger.jsonl.1"}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.booleans()), max_size=12))
def test_totals_count_every_second_once(spans: list[tuple[int, int, bool]]) -> None:
    outages = [outage(number, at, lasted, planned=planned) for number, (at, lasted, planned) in enumerate(spans)]
    summary = totals(outages, Instant(START, 0.0, "b"), ROUND_THE_CLOCK)
    for planned, covered in ((False, summary.unplanned_s), (True, summary.planned_s)):
        seconds = {second for at, lasted, each in spans if each is planned for second in range(at, at + lasted)}
        assert covered == len(seconds)
    assert (summary.unplanned_working_s, summary.planned_working_s) == (summary.unplanned_s, summary.planned_s)
    assert summary.over_limit == sum(lasted > 3600 and not planned for _, lasted, planned in spans)


def test_the_ledger_as_table_and_as_json(tmp_path: Path) -> None:
    contents = ledger.Contents((outage(1, 0, 4000), outage(2, 10, 20, planned=True), outage(3, 5000, None)), 1)
    now = Instant(START + timedelta(seconds=5060), 5060.0, "b")
    body = json.loads(report.to_json(contents, now, ROUND_THE_CLOCK))
    assert body["totals"] == {
        "unplanned": 2, "unplanned_s": 4060.0, "unplanned_working_s": 4060.0,
        "planned": 1, "planned_s": 20.0, "planned_working_s": 20.0,
        "longest_s": 4000.0, "longest_working_s": 4000.0, "over_60_working_minutes": 1,
    }
    assert body["outages"][2]["ended"] is None
    assert body["outages"][2]["lasted_s"] == 60.0
    assert body["unreadable_lines"] == 1
    console = Console(width=160, record=True, file=(tmp_path / "out").open("w"))
    console.print(report.to_table(contents, now, ROUND_THE_CLOCK))
    console.file.close()
    text = console.export_text()
    assert "1:06:40" in text
    assert "идёт" in text
    assert "WD01  Процесс service завершился и перезапущен." in text
    assert "дольше 60 минут: 1" in text


def test_only_working_time_counts_against_the_limit(tmp_path: Path) -> None:
    """Two outages at once from nine to half past ten, in a place that closes at ten, and one in its closed hours."""
    outages = (outage(1, 0, 5400), outage(2, 60, 5400), outage(3, 6000, 9000))
    now = Instant(START + timedelta(hours=9), 9 * 3600.0, "b")
    summary = totals(outages, now, TO_TEN)
    assert (summary.unplanned_working_s, summary.longest_working_s, summary.over_limit) == (3600.0, 3600.0, 0)
    assert (summary.unplanned_s, summary.longest_s) == (5460.0 + 9000.0, 9000.0)
    body = json.loads(report.to_json(ledger.Contents(outages, 0), now, TO_TEN))
    assert [each["working_s"] for each in body["outages"]] == [3600.0, 3540.0, 0.0]
    longer = totals((outage(1, -1, 5400),), now, TO_TEN)
    assert (longer.longest_working_s, longer.over_limit) == (3601.0, 1)


def test_every_cause_has_words() -> None:
    assert set(report.CAUSES) == set(Cause)
