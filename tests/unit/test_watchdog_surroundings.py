"""One watchdog at a time, the clock of the machine, systemd, progress, and the codes it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.faults import FaultCode
from contracts.life_signs import LifeSign
from watchdog.instant import SystemClock
from watchdog.lock import AlreadyRunning, Lock
from watchdog.notify import Notifier
from watchdog.progress import begin, observe


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
