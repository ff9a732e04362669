"""The policy of supervision, rule by rule."""

from __future__ import annotations

from signal import SIGABRT, SIGKILL, SIGTERM

import pytest

from contracts.faults import FaultCode
from contracts.life_signs import LifeSign
from terminal.commands import service
from tests.support.watchdog_bench import LIMITS, Bench
from watchdog.budget import pause
from watchdog.limits import HOUR_S, LONGEST_START_S, STABLE_AFTER_S, Limits
from watchdog.policy import MAX_FAULTS
from watchdog.watched import (
    EXIT_CONFIGURATION,
    EXIT_REFUSED,
    Began,
    Cause,
    Cleared,
    Ended,
    Part,
    Phase,
    Raised,
    RestartWanted,
    Send,
    ShutdownWanted,
    Signed,
    Start,
    Tick,
)


def test_starts_at_the_first_look_and_runs_when_ready() -> None:
    bench = Bench()
    assert bench.feed(Tick()) == [Start("service", 1)]
    bench.sign(ready=False)
    assert bench.phase() is Phase.STARTING
    bench.sign()
    assert bench.phase() is Phase.RUNNING
    assert bench.of(Began) == []


def test_a_crash_is_an_outage_until_ready_again() -> None:
    bench = Bench().running()
    bench.work(30)
    began = bench.exit(-11)
    assert began == [Began("service", Part.DOWN, Cause.STOPPED, ("WD01",), planned=False, started_s=bench.now,
                           detail="signal=11")]
    assert bench.pass_time(1) == [Start("service", 2)]
    assert bench.sign() == [Ended("service", Part.DOWN, ("WD01",))]


def test_a_frozen_process_is_stopped_and_the_outage_began_when_it_froze() -> None:
    bench = Bench().running()
    bench.work(30)
    froze = bench.now
    actions = bench.pass_time(10)
    assert actions == []
    assert bench.pass_time(1) == [
        Began("service", Part.DOWN, Cause.FROZEN, ("WD02",), planned=False, started_s=froze,
              detail="counter=loop_ticks"),
        Send("service", 1, SIGABRT),
    ]
    assert bench.pass_time(2) == [Send("service", 1, SIGKILL)]
    assert bench.pass_time(5) == [Send("service", 1, SIGKILL)], "killed again as long as it has not ended"
    assert bench.exit(-9) == []
    assert bench.pass_time(1) == [Start("service", 2)]


def test_being_alive_is_not_enough() -> None:
    bench = Bench().running()
    bench.work(5)
    actions = bench.work(12, moves=False)
    assert Send("service", 1, SIGABRT) in actions


def test_one_counter_of_several_standing_still_is_enough() -> None:
    bench = Bench("kiosk").running()
    for frame in range(5):
        bench.work(1, frames=frame)
    actions = bench.work(12, frames=4)
    assert next(each for each in actions if isinstance(each, Began)).detail == "counter=frames"


def test_polls_that_a_silent_acceptor_explains_are_no_freeze_but_unexplained_ones_are() -> None:
    bench = Bench().running()
    bench.work(5, acceptor_polls=7)
    assert bench.work(60, acceptor_polls=7, faults=("CA01",)) == []
    actions = bench.work(12, acceptor_polls=7)
    assert Send("service", 1, SIGABRT) in actions


def test_signs_of_another_process_or_pid_count_for_nothing() -> None:
    bench = Bench().running()
    for tick in range(11):
        bench.pass_time(1)
        bench.feed(Signed(LifeSign("service", 1, {"loop_ticks": 100 + tick}, True, True)))
        bench.feed(Signed(LifeSign("kiosk", bench.watched.pid or 0, {"loop_ticks": 100 + tick}, True, True)))
    assert bench.phase() is Phase.STOPPING


def test_a_slow_start_is_stopped_and_the_next_one_gets_longer() -> None:
    bench = Bench()
    bench.feed(Tick())
    actions = bench.pass_time(20)
    assert next(each for each in actions if isinstance(each, Began)).cause is Cause.NOT_READY
    bench.exit(-6)
    bench.pass_time(1)
    assert bench.watched.instance == 2
    assert bench.pass_time(39) == []
    assert Send("service", 2, SIGABRT) in bench.pass_time(1)
    assert Limits().start_allowance(99) == LONGEST_START_S


def test_the_stall_of_the_watchdog_itself_is_held_against_nobody() -> None:
    bench = Bench().running()
    bench.work(5)
    bench.now += 600.0
    assert bench.feed(Tick()) == []
    assert bench.work(5) == []


def test_planned_restart_waits_until_nothing_is_interrupted_and_costs_nothing() -> None:
    bench = Bench().running()
    bench.feed(RestartWanted())
    assert bench.work(100, safe=False) == []
    actions = bench.work(1)
    assert actions == [
        Began("service", Part.DOWN, Cause.PLANNED_RESTART, (), planned=True, started_s=bench.now, detail=""),
        Send("service", 1, SIGTERM),
    ]
    bench.exit(0)
    assert bench.pass_time(1) == [Start("service", 2)]
    assert bench.sign() == [Ended("service", Part.DOWN, ())]
    assert bench.watched.restarts == ()
    assert bench.work(3) == [], "asked once, done once"


def test_a_planned_restart_that_fails_becomes_an_unplanned_outage() -> None:
    bench = Bench().running()
    bench.feed(RestartWanted())
    bench.work(1)
    bench.exit(0)
    bench.pass_time(1)
    actions = bench.exit(1)
    assert [type(each) for each in actions] == [Ended, Began]
    assert bench.watched.down is not None
    assert not bench.watched.down.planned


def test_out_of_service_is_an_outage_with_its_faults() -> None:
    bench = Bench().running()
    assert bench.work(1, in_service=False, faults=("FR02",)) == [
        Began("service", Part.REFUSING, Cause.OUT_OF_SERVICE, ("FR02",), planned=False, started_s=bench.now, detail="")]
    assert bench.work(5, in_service=False, faults=("FR02", "CA02")) == []
    assert bench.work(1) == [Ended("service", Part.REFUSING, ("FR02", "CA02"))]


def test_an_outage_remembers_no_more_faults_than_its_bound() -> None:
    bench = Bench().running()
    for number in range(3 * MAX_FAULTS):
        bench.work(1, in_service=False, faults=(f"XX{number}",))
    assert bench.watched.refusing is not None
    assert len(bench.watched.refusing.faults) == MAX_FAULTS


def test_a_process_that_dies_out_of_service_has_one_outage_after_the_other() -> None:
    bench = Bench().running()
    bench.work(1, in_service=False, faults=("FR02",))
    assert [type(each) for each in bench.exit(1)] == [Ended, Began]
    assert bench.watched.refusing is None


@pytest.mark.parametrize("code", [EXIT_REFUSED, EXIT_CONFIGURATION])
def test_what_a_restart_cannot_cure_costs_no_budget(code: int) -> None:
    bench = Bench()
    bench.feed(Tick())
    for _ in range(3 * LIMITS.restarts_per_hour):
        bench.exit(code)
        assert bench.pass_time(LIMITS.restart_backoff_max_s)[-1] == Start("service", bench.watched.instance)
    assert bench.of(Raised) == []
    assert len(bench.of(Began)) == 1


def test_the_budget_is_spent_the_fault_raised_and_cleared_after_an_hour_of_health() -> None:
    bench = Bench()
    bench.feed(Tick())
    while not bench.of(Raised):
        bench.exit(1)
        bench.wait_for_start()
    assert len(bench.of(Start)) == 1 + LIMITS.restarts_per_hour + 1
    assert bench.watched.down is not None
    assert bench.watched.down.faults == ("WD01", "WD05")
    bench.sign()
    bench.work(round(HOUR_S))
    assert [each for _, each in bench.of(Cleared)] == [Cleared("service", FaultCode.RESTART_BUDGET_SPENT)]


def test_health_makes_the_next_failure_a_first_one() -> None:
    bench = Bench().running()
    for _ in range(4):
        bench.exit(1)
        bench.pass_time(16)
    bench.sign()
    bench.work(round(STABLE_AFTER_S) + 2)
    bench.exit(1)
    assert bench.pass_time(1) == [Start("service", bench.watched.instance)]


def test_shutdown_stops_closes_outages_and_starts_nothing_any_more() -> None:
    bench = Bench().running()
    bench.work(1, in_service=False)
    assert bench.feed(ShutdownWanted()) == [Ended("service", Part.REFUSING, ()), Send("service", 1, SIGTERM)]
    assert bench.pass_time(5) == [Send("service", 1, SIGKILL)]
    assert bench.exit(-9) == []
    assert bench.phase() is Phase.STOPPED
    assert bench.pass_time(1000) == []


def test_shutdown_while_waiting_or_stopping() -> None:
    waiting = Bench().running()
    waiting.exit(1)
    assert [type(each) for each in waiting.feed(ShutdownWanted())] == [Ended]
    assert waiting.watched.phase is Phase.STOPPED
    stopping = Bench().running()
    stopping.pass_time(11)
    stopping.feed(ShutdownWanted())
    stopping.exit(-9)
    assert stopping.watched.phase is Phase.STOPPED


def test_a_restart_asked_for_while_waiting_comes_at_once() -> None:
    bench = Bench()
    bench.feed(Tick())
    bench.exit(EXIT_CONFIGURATION)
    bench.feed(RestartWanted())
    assert bench.pass_time(1) == [Start("service", 2)]


def test_the_service_and_the_watchdog_mean_the_same_by_an_exit_code() -> None:
    assert (service.EXIT_CONFIG, service.EXIT_REFUSED) == (EXIT_CONFIGURATION, EXIT_REFUSED)


def test_the_first_restarts_come_quickly_and_then_ever_later() -> None:
    first = LIMITS.restart_backoff_first_s
    assert [pause(failures, (), 0.0, LIMITS).seconds for failures in range(1, 6)] == [
        first, first, first, 2 * first, 4 * first]
