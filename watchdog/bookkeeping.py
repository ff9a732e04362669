"""What the watchdog writes down: outages into the ledger, its own memory, and its word for others. A disk that fails
stops neither it nor the processes: supervision goes on, and the log says what could not be kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from watchdog import word
from watchdog.instant import Clock, Instant
from watchdog.ledger import Ledger
from watchdog.limits import HOUR_S
from watchdog.memory import Memory, ProcessMemory, load, save
from watchdog.outages import Outage
from watchdog.watched import Began, Cause, Ended, Part, Watched

TERMINAL = "terminal"
_OF_THE_WHOLE = frozenset({Cause.PLANNED_STOP, Cause.TERMINAL_OFF})

log = logging.getLogger(__name__)


class Bookkeeping:
    """Owns the ledger, the memory file and the word of one watchdog."""

    def __init__(self, ledger: Path, memory: Path, word_file: Path, clock: Clock) -> None:
        self._ledger = Ledger(ledger)
        self._memory = memory
        self._word = word_file
        self._clock = clock
        self._open: dict[tuple[str, Part], Outage] = {}
        self._whole: Outage | None = None

    def resume(self, names: tuple[str, ...]) -> dict[str, Watched]:
        """Settle what the watchdog before this one has left open, and give back what is known of each process."""
        now = self._clock.now()
        memory = load(self._memory)
        try:
            left = self._ledger.open()
            self._settle(left, memory.alive if memory else now, now, first_time=memory is None)
        except OSError as error:
            log.error("ledger_failed reason=%s", error.strerror)
        known = memory.processes if memory else {}
        gap_s = now.monotonic_s - memory.alive.monotonic_s if memory and memory.alive.boot == now.boot else 0.0
        return {name: _watched(name, known.get(name, ProcessMemory()), now, max(0.0, gap_s)) for name in names}

    def began(self, action: Began) -> None:
        """An outage of a process has begun."""
        now = self._clock.now()
        outage = Outage(0, action.name, action.cause, action.planned, now.before(now.monotonic_s - action.started_s),
                        now, action.faults, action.detail)
        self._open[action.name, action.part] = self._begin(outage)

    def ended(self, action: Ended) -> None:
        """An outage of a process is over."""
        outage = self._open.pop((action.name, action.part), None)
        if outage is not None:
            self._end(outage, self._clock.now(), action.faults)

    def all_ready(self) -> None:
        """Every process is ready: the outage of the whole terminal, if there is one, is over."""
        if self._whole is not None:
            self._end(self._whole, self._clock.now(), ())
            self._whole = None

    def stopping(self) -> None:
        """The watchdog was told to end. What follows, until all is ready again, is a planned outage."""
        now = self._clock.now()
        self.all_ready()
        self._whole = self._begin(Outage(0, TERMINAL, Cause.PLANNED_STOP, True, now, now))

    def remember(self, processes: Mapping[str, Watched]) -> None:
        """Write down that the watchdog is alive and what it must not forget."""
        now = self._clock.now()
        kept = {name: _process_memory(each, now) for name, each in processes.items()}
        try:
            save(self._memory, Memory(now, kept))
        except OSError as error:
            log.error("watchdog_memory_failed reason=%s", error.strerror)
        self.say(processes)

    def say(self, processes: Mapping[str, Watched]) -> None:
        """Tell others what is wrong with the processes now."""
        try:
            word.say(self._word, processes, self._clock.now())
        except OSError as error:
            log.error("watchdog_word_failed reason=%s", error.strerror)

    def _settle(self, left: tuple[Outage, ...], alive: Instant, now: Instant, *, first_time: bool) -> None:
        for each in left:
            if each.cause in _OF_THE_WHOLE and self._whole is None:
                self._whole = each
            else:
                self._ledger.end(each.number, alive, each.faults)
        if self._whole is None and not first_time:
            self._whole = self._begin(Outage(0, TERMINAL, Cause.TERMINAL_OFF, False, alive, now))

    def _begin(self, outage: Outage) -> Outage:
        log.warning("outage_began subject=%s cause=%s faults=%s detail=%s", outage.subject, outage.cause.value,
                    ",".join(outage.faults), outage.detail)
        try:
            return self._ledger.begin(outage)
        except OSError as error:
            log.error("ledger_failed reason=%s", error.strerror)
            return outage

    def _end(self, outage: Outage, at: Instant, faults: tuple[str, ...]) -> None:
        lasted = replace(outage, ended=at).lasted(at)
        log.warning("outage_ended subject=%s cause=%s seconds=%.1f", outage.subject, outage.cause.value,
                    lasted.seconds)
        if not outage.number:
            return
        try:
            self._ledger.end(outage.number, at, faults)
        except OSError as error:
            log.error("ledger_failed reason=%s", error.strerror)


def _watched(name: str, memory: ProcessMemory, now: Instant, gap_s: float) -> Watched:
    ages = (age + gap_s for age in memory.restart_ages_s)
    restarts = tuple(sorted(now.monotonic_s - age for age in ages if age < HOUR_S))
    return Watched(name, failures=memory.failures, slow_starts=memory.slow_starts, restarts=restarts,
                   budget_spent=memory.budget_spent)


def _process_memory(watched: Watched, now: Instant) -> ProcessMemory:
    ages = tuple(now.monotonic_s - at for at in watched.restarts)
    return ProcessMemory(watched.failures, watched.slow_starts, watched.budget_spent, ages)
