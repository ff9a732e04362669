"""Processes below a process, read from `/proc`: the watchdog's own children have no other address."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_DESCENDANTS = 200


@dataclass(frozen=True, slots=True)
class ProcessSeen:
    pid: int
    command: tuple[str, ...]
    stopped: bool
    """Frozen by a signal."""


def descendants(pid: int) -> Iterator[ProcessSeen]:
    """All processes below `pid`, nearest first; what ends meanwhile is left out."""
    waiting = [pid]
    for _ in range(MAX_DESCENDANTS):
        if not waiting:
            return
        parent = waiting.pop(0)
        for child in _children(parent):
            waiting.append(child)
            seen = _look_at(child)
            if seen is not None:
                yield seen


def find_below(pid: int, *words: str) -> ProcessSeen | None:
    """The nearest process below `pid` with these words next to each other in its command line."""
    wanted = list(words)
    for seen in descendants(pid):
        command = list(seen.command)
        if any(command[start : start + len(wanted)] == wanted for start in range(len(command))):
            return seen
    return None


def send_signal(pid: int, which: signal.Signals) -> None:
    """Raises `ValueError` when there is no such process any more."""
    try:
        os.kill(pid, which)
    except ProcessLookupError as error:
        raise ValueError("the process has just ended") from error


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def _look_at(pid: int) -> ProcessSeen | None:
    folder = Path(f"/proc/{pid}")
    try:
        command = (folder / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return ProcessSeen(pid, tuple(command), state == "T")
