"""The policy of supervision on paper: one process, a clock in the test's hands, and everything ordered so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from contracts.life_signs import LifeSign
from watchdog.limits import Limits
from watchdog.policy import advance
from watchdog.watched import (
    Action,
    Event,
    Exited,
    Phase,
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
