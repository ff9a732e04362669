"""What the policy of supervision promises, over random histories."""

from __future__ import annotations

from signal import SIGABRT

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.watchdog_bench import LIMITS, Bench
from watchdog.budget import pause
from watchdog.limits import HOUR_S
from watchdog.watched import (
    EXIT_REFUSED,
    Action,
    Began,
    Ended,
    Event,
    Exited,
    Part,
    Phase,
    RestartWanted,
    Send,
    ShutdownWanted,
    Start,
    Tick,
)


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
