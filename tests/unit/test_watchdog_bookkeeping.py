"""What the watchdog remembers of itself, what it makes of a power cut, and what it tells others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.faults import ActiveFault, FaultCode
from contracts.supervision import decode as decode_word
from tests.support.watchdog_clock import START, ScriptedClock
from watchdog import ledger, memory
from watchdog.bookkeeping import Bookkeeping
from watchdog.instant import Instant, length
from watchdog.watched import Began, Cause, Ended, OpenOutage, Part, Watched


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
