"""The bench's programs as a whole, and the terminal's processes below the watchdog."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulator.bench.child import Child, Program
from simulator.bench.layout import BenchLayout
from simulator.bench.process_tree import ProcessSeen, find_below, send_signal

TERMINAL_PROCESSES = ("service", "kiosk")
SOURCE_FOLDER = Path(__file__).resolve().parents[2]


class Processes:
    """Starts, ends, kills and freezes by name."""

    def __init__(self, layout: BenchLayout, programs: Sequence[Program]) -> None:
        self.children = {each.name: Child(each, layout.log(each.name), SOURCE_FOLDER) for each in programs}

    @property
    def terminal(self) -> Child:
        """The program that is the terminal: the watchdog, or the service alone."""
        return list(self.children.values())[-1]

    async def restart(self, name: str) -> None:
        child = self._child(name)
        await child.stop()
        await child.start()

    async def stop_all(self) -> None:
        """The terminal first, so that it does not see its devices go."""
        await self.terminal.stop()
        await asyncio.gather(*(child.stop() for child in self.children.values()))

    async def kill_terminal(self) -> None:
        """Watchdog, service and kiosk at once, as without power."""
        below = [seen for name in TERMINAL_PROCESSES if (seen := self._below(name)) is not None]
        for seen in below:
            send_signal(seen.pid, signal.SIGKILL)
        await self.terminal.kill()

    def signal(self, name: str, which: signal.Signals) -> int:
        """Send a signal to one process, return its id. Raises `ValueError` when it does not run."""
        if name in self.children:
            child = self._child(name)
            child.send(which)
            return child.pid or 0
        seen = self._below(name)
        if seen is None:
            raise ValueError(f"{name} is not running")
        send_signal(seen.pid, which)
        return seen.pid

    def state(self) -> dict[str, dict[str, Any]]:
        """By name: running, pid, frozen; of own programs also starts, exit code and last words."""
        states = {name: _child_state(child) for name, child in self.children.items()}
        for name in TERMINAL_PROCESSES:
            if name not in states:
                states[name] = _seen_state(self._below(name))
        return states

    def _below(self, name: str) -> ProcessSeen | None:
        pid = self.terminal.pid
        return find_below(pid, "terminal", name) if pid is not None and name in TERMINAL_PROCESSES else None

    def _child(self, name: str) -> Child:
        if name not in self.children:
            raise ValueError(f"{name} is not a program of the bench")
        return self.children[name]


def _child_state(child: Child) -> dict[str, Any]:
    running = child.pid is not None
    return {"running": running, "pid": child.pid, "frozen": child.frozen and running, "starts": child.starts,
            "exit": child.exit_code, "last_words": "" if running else child.log.last_line()}


def _seen_state(seen: ProcessSeen | None) -> dict[str, Any]:
    if seen is None:
        return {"running": False, "pid": None, "frozen": False}
    return {"running": True, "pid": seen.pid, "frozen": seen.stopped}
