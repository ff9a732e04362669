"""The policy of supervision: single rules by example, the promises by random histories."""

from __future__ import annotations

from dataclasses import dataclass, field
from signal import SIGABRT, SIGKILL, SIGTERM

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.faults import FaultCode
from contracts.life_signs import LifeSign
from terminal.commands import service
from watchdog.budget import pause
from watchdog.limits import HOUR_S, LONGEST_START_S, STABLE_AFTER_S, Limits
from watchdog.policy import MAX_FAULTS, advance
from watchdog.watched import (
    EXIT_CONFIGURATION,
    EXIT_REFUSED,
    Action,
    Began,
    Cause,
    Cleared,
    Ended,
    Event,
    Exited,
    Part,
    Phase,
    Raised,
    RestartWanted,
    Send,
    ShutdownWanted,
    Signed,
    Start,
    Started,
    Tick,
    Watched,
)

LIMITS = Limits(start_allowance_s=20, freeze_after_s=10, stop_grace_s=5, restart_backoff_first_s=1,
                restart_backoff_max_s=16, restarts_per_hour=6, slow_retry_s=120)


@dataclass
class Bench:
    """A process on paper: the policy's state, its clock, and what it has ordered so far."""

    name: str = "service"
    limits: Limits = LIMITS
    now: float = 1000.0
    ticks: int = 0
    watched: Watched = field(init=False)
    actions: list[tuple[float, Action]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watched = Watched(self.name)

    def feed(self, event: Event) -> list[Action]:
        self.watched, actions = advance(self.watched, event, self.now, self.limits)
        self.actions += [(self.now, each) for each in actions]
        for each in actions:
            if isinstance(each, Start):
                self.feed(Started(each.instance, 5000 + each.instance))
        return actions

    def pass_time(self, seconds: float) -> list[Action]:
        before = len(self.actions)
        for _ in range(round(seconds)):
            self.now += 1.0
            self.feed(Tick())
        return [each for _, each in self.actions[before:]]

    def sign(self, *, ready: bool = True, moves: bool = True, safe: bool = True, in_service: bool = True,
             faults: tuple[str, ...] = (), **counters: int) -> list[Action]:
        self.ticks += moves
        pid = self.watched.pid or 0
        return self.feed(Signed(LifeSign(self.name, pid, {"loop_ticks": self.ticks, **counters}, safe, ready, faults,
                                         in_service)))

    def work(self, seconds: int, **sign: object) -> list[Action]:
        before = len(self.actions)
        for _ in range(seconds):
            self.pass_time(1)
            self.sign(**sign)  # type: ignore[arg-type]
        return [each for _, each in self.actions[before:]]

    def exit(self, code: int | None) -> list[Action]:
        return self.feed(Exited(self.watched.instance, code))

    def running(self) -> Bench:
        self.feed(Tick())
        self.sign()
        assert self.phase() is Phase.RUNNING
        return self

    def phase(self) -> Phase:
        return self.watched.phase

    def wait_for_start(self) -> None:
        while self.phase() is Phase.WAITING:
            self.pass_time(1)

    def of(self, kind: type[Action]) -> list[tuple[float, Action]]:
        return [(at, each) for at, each in self.actions if isinstance(each, kind)]


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


@given(st.integers(0, 10_000), st.lists(st.floats(0, 7200), max_size=30))
def test_the_pause_is_bounded_and_never_shrinks_with_failures(failures: int, ages: list[float]) -> None:
    now = 10_000.0
    restarts = tuple(sorted(now - age for age in ages))
    first, second = pause(failures, restarts, now, LIMITS), pause(failures + 1, restarts, now, LIMITS)
    assert 0 < first.seconds <= second.seconds <= LIMITS.slow_retry_s
    assert first.budget_spent == (sum(age < HOUR_S for age in ages) >= LIMITS.restarts_per_hour)
    if not first.budget_spent:
        assert first.seconds <= LIMITS.restart_backoff_max_s


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["tick", "tick", "tick", "work", "work", "sign-still", "not-ready", "exit", "exit-refused",
                         "old-exit", "restart", "unsafe", "refuse", "no-start"]),
        st.integers(1, 40),
    ),
    max_size=60,
)


def play(bench: Bench, steps: list[tuple[str, int]]) -> None:
    """A history of anything that can happen, in any order: a living instance may or may not obey."""
    for what, amount in steps:
        match what:
            case "tick":
                bench.pass_time(amount)
            case "work":
                bench.work(amount)
            case "sign-still":
                bench.sign(moves=False)
            case "not-ready":
                bench.sign(ready=False)
            case "exit":
                bench.exit(amount % 3 - 1)
            case "exit-refused":
                bench.exit(EXIT_REFUSED)
            case "old-exit":
                bench.feed(Exited(bench.watched.instance - 1, 0))
            case "restart":
                bench.feed(RestartWanted())
            case "unsafe":
                bench.work(1, safe=False)
            case "refuse":
                bench.work(1, in_service=False, faults=("FR02",))
            case "no-start":
                bench.exit(None)


@settings(deadline=None, max_examples=200)
@given(STEPS)
def test_there_are_never_two_instances(steps: list[tuple[str, int]]) -> None:
    bench = Bench()
    alive: set[int] = set()
    original = bench.feed

    def feed(event: Event) -> list[Action]:
        if isinstance(event, Exited) and event.instance in alive:
            alive.discard(event.instance)
        actions = original(event)
        for each in actions:
            if isinstance(each, Start):
                assert not alive, "started while another instance lives"
                alive.add(each.instance)
            elif isinstance(each, Send):
                assert alive == {each.instance}, "a signal for an instance that is not there"
        return actions

    bench.feed = feed  # type: ignore[method-assign]
    play(bench, steps)


@settings(deadline=None, max_examples=200)
@given(STEPS)
def test_it_is_never_given_up(steps: list[tuple[str, int]]) -> None:
    bench = Bench()
    play(bench, steps)
    for _ in range(3):
        instance = bench.watched.instance
        if bench.watched.pid is not None:
            bench.exit(1)
        bench.pass_time(LIMITS.slow_retry_s)
        assert bench.watched.instance > instance
        bench.exit(1)


@settings(deadline=None, max_examples=200)
@given(STEPS, st.integers(0, 9))
def test_a_frozen_process_is_always_told_to_end_in_time(steps: list[tuple[str, int]], moment: int) -> None:
    bench = Bench()
    play(bench, steps)
    if bench.phase() is not Phase.RUNNING:
        return
    bench.work(moment)
    if bench.phase() is not Phase.RUNNING:
        return
    instance = bench.watched.instance
    actions = bench.pass_time(LIMITS.freeze_after_s + 1)
    assert Send("service", instance, SIGABRT) in actions


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_no_hour_sees_more_unplanned_restarts_than_budget_and_slow_retries(lives: list[int]) -> None:
    bench = Bench()
    bench.feed(Tick())
    for life in lives * 3:
        bench.sign()
        bench.work(life)
        bench.exit(1)
        bench.wait_for_start()
    starts = [at for at, _ in bench.of(Start)]
    most = LIMITS.restarts_per_hour + HOUR_S / LIMITS.slow_retry_s + 1
    assert all(sum(at <= other < at + HOUR_S for other in starts) <= most for at in starts)


@settings(deadline=None, max_examples=200)
@given(STEPS, st.booleans())
def test_outages_begin_and_end_in_turn(steps: list[tuple[str, int]], shutdown: bool) -> None:
    bench = Bench()
    play(bench, steps)
    if shutdown:
        bench.feed(ShutdownWanted())
    for part in Part:
        turns = [type(each) for _, each in bench.actions if isinstance(each, Began | Ended) and each.part is part]
        assert turns == [Began, Ended] * (len(turns) // 2) + [Began] * (len(turns) % 2)
        if shutdown:
            assert len(turns) % 2 == 0
