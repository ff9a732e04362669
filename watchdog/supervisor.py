"""Carries out what the policy decides: one asyncio loop on one thread, from the first start to the last end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from contracts.life_signs import ENVIRONMENT_NAME, LifeSign
from contracts.supervision import RENEWED_S
from watchdog.bookkeeping import Bookkeeping
from watchdog.instant import Clock, SystemClock
from watchdog.limits import TICK_S
from watchdog.lock import Lock, runtime_folder
from watchdog.notify import Notifier
from watchdog.policy import advance
from watchdog.process import Child
from watchdog.settings import Settings
from watchdog.signs import LifeSignSocket
from watchdog.watched import (
    Action,
    Began,
    Cleared,
    Ended,
    Event,
    Exited,
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
from watchdog.word import own_faults

REMEMBER_EVERY_S = RENEWED_S
"""How often the moment of being alive is written down: how exactly a power cut can be dated afterwards."""
_OF_SYSTEMD = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")

log = logging.getLogger(__name__)

Programs = Mapping[str, Sequence[str]]


def programs(settings: Settings) -> Programs:
    """The command lines of the processes that make a terminal."""
    start = (sys.executable, "-m", "terminal")
    return {name: (*start, name, "--config", str(settings.config)) for name in ("service", "kiosk")}


def run(settings: Settings, commands: Programs) -> None:
    """Supervise until SIGTERM or SIGINT. Raises `AlreadyRunning` when another watchdog does, `OSError` when neither
    the state directory nor a folder in its place can be used."""
    settings = replace(settings, runtime=runtime_folder(settings.folder))
    if settings.runtime != settings.folder:
        log.error("state_directory_not_writable using=%s", settings.runtime)
    lock = Lock(settings.lock)
    lock.take()
    try:
        asyncio.run(Supervisor(settings, commands, SystemClock(), Notifier()).run())
    finally:
        lock.release()


class Supervisor:
    """Owns the processes, the life signs and the bookkeeping while it runs."""

    def __init__(self, settings: Settings, commands: Programs, clock: Clock, notifier: Notifier) -> None:
        self._settings = settings
        self._commands = commands
        self._clock = clock
        self._notifier = notifier
        self._books = Bookkeeping(settings.ledger, settings.memory, settings.word, clock)
        self._signs = LifeSignSocket(settings.life_signs, self._heard)
        self._watched: dict[str, Watched] = {}
        self._children: dict[str, Child] = {}
        self._remembered_s = 0.0
        self._stopping = False

    async def run(self) -> None:
        """Start everything, look every `TICK_S`, end when all processes have ended after a request to stop."""
        self._signs.open()
        self._take_signals(asyncio.get_running_loop())
        self._watched = self._books.resume(tuple(self._commands))
        self._look()
        self._notifier.say("READY=1")
        try:
            while not self._done():
                await asyncio.sleep(TICK_S)
                self._look()
        finally:
            self._books.remember(self._watched)
            self._signs.close()

    def _take_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._restart)

    def _look(self) -> None:
        for name in self._commands:
            self._feed(name, Tick())
        if self._notifier.watched:
            self._notifier.say("WATCHDOG=1")
        now = self._clock.now().monotonic_s
        if now - self._remembered_s >= REMEMBER_EVERY_S:
            self._remember(now)

    def _remember(self, now: float) -> None:
        self._remembered_s = now
        self._books.remember(self._watched)

    def _done(self) -> bool:
        return self._stopping and all(each.phase is Phase.STOPPED for each in self._watched.values())

    def _heard(self, sign: LifeSign) -> None:
        if sign.process in self._commands:
            self._feed(sign.process, Signed(sign))

    def _stop(self) -> None:
        if self._stopping:
            return
        log.info("watchdog_stopping")
        self._stopping = True
        self._notifier.say("STOPPING=1")
        for name in self._commands:
            self._feed(name, ShutdownWanted())
        self._books.stopping()

    def _restart(self) -> None:
        log.info("restart_wanted")
        for name in self._commands:
            self._feed(name, RestartWanted())

    def _feed(self, name: str, event: Event) -> None:
        before = self._watched[name]
        after, actions = advance(before, event, self._clock.now().monotonic_s, self._settings.limits)
        self._watched[name] = after
        if after.phase is not before.phase:
            log.info("process_%s name=%s instance=%d", after.phase.value, name, after.instance)
        for action in actions:
            self._perform(action)
        if not self._stopping and all(each.phase is Phase.RUNNING for each in self._watched.values()):
            self._books.all_ready()
        if after.restarts != before.restarts:
            self._remember(self._clock.now().monotonic_s)
        elif own_faults({name: after}) != own_faults({name: before}):
            self._books.say(self._watched)

    def _perform(self, action: Action) -> None:
        match action:
            case Start(name, instance):
                self._start(name, instance)
            case Send(name, instance, number):
                log.warning("process_signalled name=%s instance=%d signal=%s", name, instance, number.name)
                if name in self._children:
                    self._children[name].send(number)
            case Began():
                self._books.began(action)
            case Ended():
                self._books.ended(action)
            case Raised(name, code):
                log.error("fault_raised process=%s code=%s", name, code.value)
            case Cleared(name, code):
                log.info("fault_cleared process=%s code=%s", name, code.value)
            case other:
                assert_never(other)

    def _start(self, name: str, instance: int) -> None:
        environment = {key: value for key, value in os.environ.items() if key not in _OF_SYSTEMD}
        environment |= {ENVIRONMENT_NAME: str(self._settings.life_signs), "PYTHONFAULTHANDLER": "1"}
        try:
            child = Child(self._commands[name], environment, lambda code: self._gone(name, instance, code))
        except OSError as error:
            log.error("process_not_started name=%s reason=%s", name, error.strerror)
            self._feed(name, Exited(instance, None))
            return
        self._children[name] = child
        self._feed(name, Started(instance, child.pid))

    def _gone(self, name: str, instance: int, code: int) -> None:
        log.warning("process_gone name=%s instance=%d code=%d", name, instance, code)
        del self._children[name]
        self._feed(name, Exited(instance, code))
