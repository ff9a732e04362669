"""What the watchdog writes down: ledger, memory, what both make of a power cut, and how it is shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from contracts.faults import ActiveFault, FaultCode
from contracts.life_signs import LifeSign
from contracts.supervision import decode as decode_word
from contracts.working_hours import WEEKDAYS, WHOLE_DAY, Span, WorkingHours
from terminal.config import load as load_config
from terminal.configuration.rules import Whole
from terminal.configuration.section import Key, entries
from terminal.configuration.sections import Watchdog
from watchdog import ledger, memory, report
from watchdog import settings as watchdog_settings
from watchdog.bookkeeping import Bookkeeping
from watchdog.instant import Instant, SystemClock, length
from watchdog.limits import Limits
from watchdog.lock import AlreadyRunning, Lock
from watchdog.notify import Notifier
from watchdog.outages import Outage, totals
from watchdog.progress import begin, observe
from watchdog.watched import Began, Cause, Ended, OpenOutage, Part, Watched

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""
ROUND_THE_CLOCK = WorkingHours(UTC)
TO_TEN = WorkingHours(UTC, ((Span(8 * 60, 10 * 60),), *(WHOLE_DAY,) * 6))
"""On Mondays closed from ten o'clock on."""


class ScriptedClock:
    """Both clocks in the test's hands."""

    def __init__(self, boot: str = "boot-1") -> None:
        self.instant = Instant(START, 100.0, boot)

    def now(self) -> Instant:
        return self.instant

    def advance(self, seconds: float) -> None:
        self.instant = self.instant.before(-seconds)

    def wall_jump(self, delta: timedelta) -> None:
        self.instant = Instant(self.instant.wall + delta, self.instant.monotonic_s, self.instant.boot)

    def reboot(self, off_s: float) -> None:
        self.instant = Instant(self.instant.wall + timedelta(seconds=off_s), 20.0, self.instant.boot + "'")


def outage(number: int, at: float, lasted: float | None, *, planned: bool = False, boot: str = "b") -> Outage:
    started = Instant(START + timedelta(seconds=at), at, boot)
    ended = None if lasted is None else started.before(-lasted)
    return Outage(number, "service", Cause.STOPPED, planned, started, started, ("WD01",), "exit=1", ended)


def test_a_jump_of_the_wall_clock_does_not_change_a_length() -> None:
    clock = ScriptedClock()
    start = clock.now()
    clock.advance(30)
    clock.wall_jump(timedelta(days=-3650))
    assert length(start, clock.now()).seconds == 30.0
    assert length(start, clock.now()).exact
    clock.reboot(60)
    assert length(start, clock.now()).seconds == 0.0
    assert not length(start, clock.now()).exact


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


def test_memory_survives_and_a_damaged_one_is_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    assert memory.load(path) is None
    kept = memory.Memory(Instant(START, 5.0, "b"), {"service": memory.ProcessMemory(3, 1, True, (10.0, 5.0))})
    memory.save(path, kept)
    assert memory.load(path) == kept
    for damage in (b"", b"{", b"[]", b'{"alive": 1}', b"\xff\xfe", path.read_bytes()[:-20]):
        path.write_bytes(damage)
        assert memory.load(path) is None


def books(folder: Path, clock: ScriptedClock) -> Bookkeeping:
    return Bookkeeping(folder / "ledger.jsonl", folder / "memory.json", folder / "supervision.json", clock)


def test_the_first_start_of_a_terminal_is_no_outage(tmp_path: Path) -> None:
    books(tmp_path, ScriptedClock()).resume(("service",))
    assert ledger.read(tmp_path / "ledger.jsonl").outages == ()


def test_a_power_cut_is_an_outage_from_the_last_sign_of_life(tmp_path: Path) -> None:
    clock = ScriptedClock()
    first = books(tmp_path, clock)
    first.resume(("service",))
    first.began(Began("service", Part.DOWN, Cause.STOPPED, ("WD01",), False, clock.now().monotonic_s, "signal=9"))
    clock.advance(40)
    alive = clock.now()
    first.remember({"service": Watched("service", failures=2, restarts=(clock.now().monotonic_s - 30,))})
    clock.advance(5)
    clock.reboot(600)
    second = books(tmp_path, clock)
    known = second.resume(("service",))["service"]
    assert known.failures == 2
    assert [clock.now().monotonic_s - at for at in known.restarts] == [30.0]
    clock.advance(15)
    second.all_ready()
    down, off = ledger.read(tmp_path / "ledger.jsonl").outages
    assert (down.cause, down.ended) == (Cause.STOPPED, alive), "what was open ends where the darkness begins"
    assert (off.cause, off.started, off.planned) == (Cause.TERMINAL_OFF, alive, False)
    assert off.ended == clock.now()
    assert off.lasted(clock.now()).seconds == 5 + 600 + 15
    assert not off.lasted(clock.now()).exact


def test_a_planned_stop_is_one_planned_outage_until_all_is_ready_again(tmp_path: Path) -> None:
    clock = ScriptedClock()
    first = books(tmp_path, clock)
    first.resume(("service",))
    first.stopping()
    first.remember({})
    clock.advance(100)
    second = books(tmp_path, clock)
    second.resume(("service",))
    clock.advance(10)
    second.all_ready()
    second.all_ready()
    (stop,) = ledger.read(tmp_path / "ledger.jsonl").outages
    assert (stop.cause, stop.planned) == (Cause.PLANNED_STOP, True)
    assert stop.lasted(clock.now()).seconds == 110
    assert stop.lasted(clock.now()).exact


def test_restarts_age_while_the_watchdog_is_away_in_the_same_boot(tmp_path: Path) -> None:
    clock = ScriptedClock()
    first = books(tmp_path, clock)
    first.resume(("service",))
    first.remember({"service": Watched("service", restarts=(clock.now().monotonic_s - 3000,))})
    clock.advance(500)
    assert len(books(tmp_path, clock).resume(("service",))["service"].restarts) == 1
    clock.advance(500)
    assert books(tmp_path, clock).resume(("service",))["service"].restarts == ()


def test_a_disk_that_fails_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "ledger.jsonl").mkdir()
    (tmp_path / "memory.json.draft").mkdir()
    clock = ScriptedClock()
    keeper = books(tmp_path, clock)
    assert keeper.resume(("service",))["service"] == Watched("service")
    keeper.began(Began("service", Part.DOWN, Cause.FROZEN, (), False, clock.now().monotonic_s, ""))
    keeper.ended(Ended("service", Part.DOWN, ()))
    keeper.stopping()
    keeper.remember({})
    assert "ledger_failed" in caplog.text
    assert "watchdog_memory_failed" in caplog.text


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


def test_the_second_watchdog_is_refused(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "a" / "lock"), Lock(tmp_path / "a" / "lock")
    first.take()
    with pytest.raises(AlreadyRunning, match=r"^\d+$"):
        second.take()
    first.release()
    first.release()
    second.take()
    second.release()


def test_the_real_clock_names_the_boot() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.boot == second.boot != ""
    assert second.monotonic_s >= first.monotonic_s


def test_nobody_is_told_where_there_is_no_systemd() -> None:
    notifier = Notifier({})
    notifier.say("READY=1")
    assert not notifier.watched
    assert not Notifier({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}).watched
    Notifier({"NOTIFY_SOCKET": "/nowhere/at/all"}).say("READY=1")


def write_config(folder: Path, table: str) -> Path:
    path = folder / "terminal.toml"
    path.write_text(f'[terminal]\nstate_directory = "state"\n[watchdog]\n{table}\n', encoding="utf-8")
    return path


def test_settings_come_from_the_terminal_s_own_file(tmp_path: Path) -> None:
    found = watchdog_settings.load(write_config(tmp_path, 'freeze_after_s = 7\nledger = "elsewhere.jsonl"'))
    assert found.limits == Limits(freeze_after_s=7)
    assert found.ledger == tmp_path / "elsewhere.jsonl"
    assert found.life_signs == tmp_path / "state" / "watchdog" / "life-signs.sock"


def test_working_hours_come_from_the_same_file(tmp_path: Path) -> None:
    path = write_config(tmp_path, '[working_hours]\nfriday = ["09:00-13:00", "14:00-16:45"]\nsunday = []\n'
                                  'special_days = ["2026-03-09"]')
    with pytest.raises(watchdog_settings.SettingsError, match=r"terminal\.time_zone"):
        watchdog_settings.load(path)
    path.write_text('terminal.time_zone = "Asia/Omsk"\n' + path.read_text().replace("[terminal]\n", "terminal."))
    hours = watchdog_settings.load(path).hours
    assert str(hours.zone) == "Asia/Omsk"
    assert hours.week == ((WHOLE_DAY,) * 4 + ((Span(540, 780), Span(840, 1005)), WHOLE_DAY, ()))
    assert hours.special == {date(2026, 3, 9): ()}


def test_all_that_is_wrong_with_the_settings_is_told(tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text("[watchdog]\nfreeze_after_s = 0\nslow_retry_s = true\nledger = 5\n", encoding="utf-8")
    with pytest.raises(watchdog_settings.SettingsError) as caught:
        watchdog_settings.load(path)
    for key in ("freeze_after_s", "slow_retry_s", "watchdog.ledger", "terminal.state_directory"):
        assert key in str(caught.value)
    path.write_text('[working_hours]\nmonday = ["9-13"]\nspecial_days = ["2026-13-01"]\nmittwoch = []')
    with pytest.raises(watchdog_settings.SettingsError) as caught:
        watchdog_settings.load(path)
    for key in ("working_hours.monday", "working_hours.special_days", "working_hours.mittwoch"):
        assert key in str(caught.value)
    path.write_text("watchdog = 5\nterminal = []", encoding="utf-8")
    with pytest.raises(watchdog_settings.SettingsError):
        watchdog_settings.load(path)
    with pytest.raises(watchdog_settings.SettingsError):
        watchdog_settings.load(tmp_path / "nothing.toml")
    path.write_text(f'[terminal]\nstate_directory = "{"s" * 120}"', encoding="utf-8")
    with pytest.raises(watchdog_settings.SettingsError, match=r"слишком длинный"):
        watchdog_settings.load(path)


def test_the_configuration_and_the_watchdog_agree_on_every_key_range_and_default() -> None:
    limits = Limits()
    keys = [each for each in entries(Watchdog) if isinstance(each, Key) and each.name != "ledger"]
    assert [each.name for each in keys] == list(Limits.__dataclass_fields__)
    for key in keys:
        assert isinstance(key.rule, Whole)
        assert (key.rule.least, key.rule.most) == watchdog_settings.RANGES[key.name]
        assert key.default == getattr(limits, key.name)
    example = Path(__file__).parents[2] / "terminal.example.toml"
    state = load_config(example).terminal.state_directory
    assert watchdog_settings.load(example).ledger == state / "watchdog" / "ledger.jsonl"


def test_the_configuration_and_the_watchdog_agree_on_the_working_hours_of_the_example(tmp_path: Path) -> None:
    example = (Path(__file__).parents[2] / "terminal.example.toml").read_text(encoding="utf-8")
    before, _, rest = example.partition("# [working_hours]")
    table, _, after = rest.partition("\n# Диск.")
    path = tmp_path / "terminal.toml"
    shown = re.sub(r"^# (\w+ = )", r"\1", table, flags=re.MULTILINE)
    path.write_text(f"{before}[working_hours]{shown}\n# Диск.{after}", encoding="utf-8")
    of_the_terminal, hours = load_config(path).working_hours, watchdog_settings.load(path).hours
    assert of_the_terminal is not None
    assert tuple(getattr(of_the_terminal, name) for name in WEEKDAYS) == hours.week
    assert of_the_terminal.special_days == hours.special
    assert hours.week[4:] == ((Span(540, 780), Span(840, 1005)), (), ())


def service_that(**changes: object) -> dict[str, Watched]:
    return {"service": replace(Watched("service"), **changes), "kiosk": Watched("kiosk")}  # type: ignore[arg-type]


def test_others_are_told_of_the_watchdog_s_own_faults(tmp_path: Path) -> None:
    clock = ScriptedClock()
    keeper, path = books(tmp_path, clock), tmp_path / "supervision.json"
    keeper.remember(service_that(budget_spent=True))
    word = decode_word(path.read_bytes())
    assert word.faults == (ActiveFault(FaultCode.RESTART_BUDGET_SPENT, "service"),)
    assert word.is_fresh("boot-1", clock.now().monotonic_s)
    keeper.say(service_that(down=OpenOutage(False, ("WD01", "WD05")), budget_spent=True))
    assert [each.code for each in decode_word(path.read_bytes()).faults] == ["WD01", "WD05"]
    keeper.say(service_that(down=OpenOutage(True, ())))
    assert decode_word(path.read_bytes()).faults == ()


def test_progress_starts_with_the_first_report_and_a_smaller_value_is_none() -> None:
    def sign(**counters: int) -> LifeSign:
        return LifeSign("kiosk", 1, counters, True, True)

    progress = observe(begin(0.0), sign(loop_ticks=5), 1.0)
    assert progress.stalled_since() == ("loop_ticks", 1.0)
    progress = observe(progress, sign(loop_ticks=6, frames=3), 2.0)
    progress = observe(progress, sign(loop_ticks=7, frames=1), 3.0)
    assert progress.stalled_since() == ("frames", 2.0)
    progress = observe(progress, sign(loop_ticks=8, frames=2), 4.0)
    assert progress.grew_s == {"loop_ticks": 4.0, "frames": 4.0}


def test_the_codes_that_the_watchdog_writes_are_in_the_catalogue() -> None:
    assert {FaultCode.SERVICE_STOPPED, FaultCode.KIOSK_FROZEN, FaultCode.RESTART_BUDGET_SPENT} <= set(FaultCode)
