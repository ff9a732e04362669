"""What to do about a process, decided without doing it: state and event in, state and actions out.

Rules. Never two instances: a start follows only a certain end. Never given up: every state but the wanted shutdown
leads to another start in bounded time. Being alive is not enough: a counter that stands still for `freeze_after_s`
ends the instance within the next tick. Unplanned restarts wait longer each time and draw on an hourly budget; a
planned one waits until nothing is interrupted. What the processes have failed to do is written down as outages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from signal import SIGABRT, SIGKILL, SIGTERM, Signals
from typing import assert_never

from contracts.faults import FaultCode
from contracts.life_signs import LifeSign
from watchdog.budget import pause, recent
from watchdog.limits import ABORT_GRACE_S, OWN_STALL_S, STABLE_AFTER_S, TICK_S, Limits
from watchdog.progress import Progress, begin, observe
from watchdog.watched import (
    ALIVE,
    NO_BUDGET_EXITS,
    Action,
    After,
    Began,
    Cause,
    Cleared,
    Ended,
    Event,
    Exited,
    OpenOutage,
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

MAX_FAULTS = 16
"""How many fault codes one outage remembers."""

Step = tuple[Watched, list[Action]]

_CODES = {
    ("service", Cause.STOPPED): FaultCode.SERVICE_STOPPED,
    ("service", Cause.FROZEN): FaultCode.SERVICE_FROZEN,
    ("service", Cause.NOT_READY): FaultCode.SERVICE_FROZEN,
    ("kiosk", Cause.STOPPED): FaultCode.KIOSK_STOPPED,
    ("kiosk", Cause.FROZEN): FaultCode.KIOSK_FROZEN,
    ("kiosk", Cause.NOT_READY): FaultCode.KIOSK_FROZEN,
}


def advance(watched: Watched, event: Event, now: float, limits: Limits) -> Step:
    """One event at one moment. The state without its actions carried out means nothing."""
    match event:
        case Tick():
            return _tick(watched, now, limits)
        case Started(instance, pid):
            return (replace(watched, pid=pid) if instance == watched.instance else watched), []
        case Exited(instance, code):
            if instance != watched.instance or watched.phase not in ALIVE:
                return watched, []
            return _exited(watched, code, now, limits)
        case Signed(sign):
            if sign.process != watched.name or sign.pid != watched.pid:
                return watched, []
            return _signed(watched, sign, now, limits)
        case RestartWanted():
            return _restart_wanted(watched, now)
        case ShutdownWanted():
            return _shutdown(watched, now, limits)
        case other:
            assert_never(other)


def _tick(watched: Watched, now: float, limits: Limits) -> Step:
    gap = 0.0 if watched.last_tick_s is None else now - watched.last_tick_s
    watched = replace(watched, last_tick_s=now)
    if gap > OWN_STALL_S and watched.phase in ALIVE:
        lost = gap - TICK_S
        watched = replace(watched, due_s=watched.due_s + lost, progress=watched.progress.shifted(lost))
    match watched.phase:
        case Phase.WAITING:
            return _start(watched, now, limits) if now >= watched.due_s else (watched, [])
        case Phase.STARTING if now >= watched.due_s:
            slow = replace(watched, slow_starts=watched.slow_starts + 1)
            return _give_up(slow, Cause.NOT_READY, now, now, "", limits)
        case Phase.RUNNING:
            return _tick_running(watched, now, limits)
        case Phase.STOPPING if now >= watched.due_s:
            killed = replace(watched, due_s=now + limits.stop_grace_s)
            return killed, [Send(watched.name, watched.instance, SIGKILL)]
        case Phase.STARTING | Phase.STOPPING | Phase.STOPPED:
            return watched, []
        case other:
            assert_never(other)


def _tick_running(watched: Watched, now: float, limits: Limits) -> Step:
    counter, since = watched.progress.stalled_since()
    if now - since > limits.freeze_after_s:
        return _give_up(watched, Cause.FROZEN, since, now, f"counter={counter}", limits)
    if watched.ready_s is None or now - watched.ready_s < STABLE_AFTER_S:
        return watched, []
    return _settled(replace(watched, failures=0), now, limits)


def _settled(watched: Watched, now: float, limits: Limits) -> Step:
    left = recent(watched.restarts, now, limits)
    if watched.budget_spent and len(left) < limits.restarts_per_hour:
        cleared = replace(watched, budget_spent=False, restarts=left)
        return cleared, [Cleared(watched.name, FaultCode.RESTART_BUDGET_SPENT)]
    return watched, []


def _start(watched: Watched, now: float, limits: Limits) -> Step:
    started = replace(
        watched, phase=Phase.STARTING, instance=watched.instance + 1, pid=None, ready_s=None, progress=Progress(),
        due_s=now + limits.start_allowance(watched.slow_starts), after=After.FAILURE, restart_wanted=False,
    )
    return started, [Start(watched.name, started.instance)]


def _give_up(watched: Watched, cause: Cause, since: float, now: float, detail: str, limits: Limits) -> Step:
    watched, actions = _outage(watched, cause, since, detail)
    # SIGABRT makes a Python process with the fault handler on print where every thread stands.
    stopping, sent = _stop(watched, After.FAILURE, SIGABRT, now, limits)
    return stopping, [*actions, *sent]


def _stop(watched: Watched, after: After, signal: Signals, now: float, limits: Limits) -> Step:
    grace = min(ABORT_GRACE_S, limits.stop_grace_s) if signal is SIGABRT else limits.stop_grace_s
    stopping = replace(watched, phase=Phase.STOPPING, after=after, due_s=now + grace)
    return stopping, [Send(watched.name, watched.instance, signal)]


def _exited(watched: Watched, code: int | None, now: float, limits: Limits) -> Step:
    gone = replace(watched, pid=None, ready_s=None)
    if watched.phase is Phase.STOPPING and watched.after is After.SHUTDOWN:
        return replace(gone, phase=Phase.STOPPED), []
    if watched.phase is Phase.STOPPING and watched.after is After.PLANNED_RESTART:
        return replace(gone, phase=Phase.WAITING, due_s=now), []
    if watched.phase is Phase.STOPPING:
        return _wait(gone, now, limits)
    gone, actions = _outage(gone, Cause.STOPPED, now, _how(code))
    if code in NO_BUDGET_EXITS:
        return replace(gone, phase=Phase.WAITING, due_s=now + limits.restart_backoff_max_s), actions
    waiting, more = _wait(gone, now, limits)
    return waiting, [*actions, *more]


def _wait(watched: Watched, now: float, limits: Limits) -> Step:
    failures = watched.failures + 1
    before = pause(failures, watched.restarts, now, limits)
    waiting = replace(
        watched, phase=Phase.WAITING, failures=failures, due_s=now + before.seconds,
        restarts=recent((*watched.restarts, now), now, limits),
    )
    if not before.budget_spent or watched.budget_spent:
        return waiting, []
    faults = _joined(watched.down.faults if watched.down else (), [FaultCode.RESTART_BUDGET_SPENT])
    spent = replace(waiting, budget_spent=True, down=OpenOutage(False, faults))
    return spent, [Raised(watched.name, FaultCode.RESTART_BUDGET_SPENT)]


def _signed(watched: Watched, sign: LifeSign, now: float, limits: Limits) -> Step:
    if watched.phase not in (Phase.STARTING, Phase.RUNNING):
        return watched, []
    actions: list[Action] = []
    if watched.phase is Phase.STARTING:
        if not sign.ready:
            return watched, []
        if watched.down is not None:
            actions.append(Ended(watched.name, Part.DOWN, watched.down.faults))
        watched = replace(watched, phase=Phase.RUNNING, ready_s=now, slow_starts=0, down=None, progress=begin(now))
    watched = replace(watched, progress=observe(watched.progress, sign, now))
    watched, more = _served(watched, sign, now)
    actions += more
    if watched.restart_wanted and sign.safe_to_stop:
        watched, more = _planned_restart(watched, now, limits)
        actions += more
    return watched, actions


def _served(watched: Watched, sign: LifeSign, now: float) -> Step:
    name, open_outage = watched.name, watched.refusing
    if sign.in_service:
        if open_outage is None:
            return watched, []
        return replace(watched, refusing=None), [Ended(name, Part.REFUSING, open_outage.faults)]
    if open_outage is not None:
        faults = _joined(open_outage.faults, sign.faults)
        return replace(watched, refusing=replace(open_outage, faults=faults)), []
    faults = _joined((), sign.faults)
    began = Began(name, Part.REFUSING, Cause.OUT_OF_SERVICE, faults, planned=False, started_s=now, detail="")
    return replace(watched, refusing=OpenOutage(False, faults)), [began]


def _planned_restart(watched: Watched, now: float, limits: Limits) -> Step:
    watched, actions = _end_outages(watched)
    began = Began(watched.name, Part.DOWN, Cause.PLANNED_RESTART, (), planned=True, started_s=now, detail="")
    watched = replace(watched, down=OpenOutage(True, ()), restart_wanted=False)
    stopping, sent = _stop(watched, After.PLANNED_RESTART, SIGTERM, now, limits)
    return stopping, [*actions, began, *sent]


def _restart_wanted(watched: Watched, now: float) -> Step:
    match watched.phase:
        case Phase.WAITING:
            return replace(watched, due_s=now), []
        case Phase.STARTING | Phase.RUNNING:
            return replace(watched, restart_wanted=True), []
        case Phase.STOPPING | Phase.STOPPED:
            return watched, []
        case other:
            assert_never(other)


def _shutdown(watched: Watched, now: float, limits: Limits) -> Step:
    watched, actions = _end_outages(watched)
    match watched.phase:
        case Phase.WAITING | Phase.STOPPED:
            return replace(watched, phase=Phase.STOPPED), actions
        case Phase.STARTING | Phase.RUNNING:
            stopping, sent = _stop(watched, After.SHUTDOWN, SIGTERM, now, limits)
            return stopping, [*actions, *sent]
        case Phase.STOPPING:
            return replace(watched, after=After.SHUTDOWN), actions
        case other:
            assert_never(other)


def _outage(watched: Watched, cause: Cause, since: float, detail: str) -> Step:
    """Begin an unplanned outage unless one goes on already; a planned one that failed becomes unplanned."""
    code = _CODES.get((watched.name, cause))
    faults = _joined(watched.down.faults if watched.down else (), [code] if code else [])
    actions: list[Action] = []
    if watched.refusing is not None:
        actions.append(Ended(watched.name, Part.REFUSING, watched.refusing.faults))
        watched = replace(watched, refusing=None)
    if watched.down is not None and not watched.down.planned:
        return replace(watched, down=OpenOutage(False, faults)), actions
    if watched.down is not None:
        actions.append(Ended(watched.name, Part.DOWN, watched.down.faults))
    actions.append(Began(watched.name, Part.DOWN, cause, faults, planned=False, started_s=since, detail=detail))
    return replace(watched, down=OpenOutage(False, faults)), actions


def _end_outages(watched: Watched) -> Step:
    actions: list[Action] = []
    if watched.down is not None:
        actions.append(Ended(watched.name, Part.DOWN, watched.down.faults))
    if watched.refusing is not None:
        actions.append(Ended(watched.name, Part.REFUSING, watched.refusing.faults))
    return replace(watched, down=None, refusing=None), actions


def _joined(known: tuple[str, ...], added: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*known, *(str(each) for each in added)]))[:MAX_FAULTS]


def _how(code: int | None) -> str:
    if code is None:
        return "not made"
    return f"exit={code}" if code >= 0 else f"signal={-code}"
