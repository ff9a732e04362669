"""A world that outlives its process: before anything is written to the disk a copy of the process is made.

When the process dies in the write - by a signal, or by its own decision after an error - the copy wakes with devices,
host and client exactly as they were at that instant and with the disk as the dead process has left it. The copy is
made by fork and is not traced; the write itself is real.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable
from typing import TypeVar

from terminal.ports.records import StoreFailed, StoreRefused

Result = TypeVar("Result")
EXIT_HALTED = 70
DEATH_S = 30.0
_NOT_NEEDED = b"."


class Survived(Exception):
    """Raised in the copy: the process whose memory this is has died in what it was doing."""


class Survivors:
    """At most one copy at a time, and none of a copy: one death in a run."""

    def __init__(self) -> None:
        self.survived = False
        self.guarded = 0
        """Writes that a copy was made for."""

    def guard(self, work: Callable[[], Result]) -> Result:
        """Do `work`, which writes to the disk. Raises `Survived` in the copy of a process that has died in it; an
        error of the store ends the process, as in production."""
        if self.survived:
            return work()
        self.guarded += 1
        loop = asyncio.get_running_loop()
        reading, writing = os.pipe()
        this = os.pidfd_open(os.getpid())
        copy = os.fork()
        if copy == 0:
            os.close(writing)
            _await_death(reading, this)
            self.survived = True
            asyncio._set_running_loop(loop)  # the loop knows the number of its process
            raise Survived
        os.close(this)
        os.close(reading)
        try:
            result = work()
        except (StoreFailed, StoreRefused, OSError) as error:
            os.write(2, f"halt {error}\n".encode())
            os._exit(EXIT_HALTED)
        os.write(writing, _NOT_NEEDED)
        os.close(writing)
        os.waitpid(copy, 0)
        return result


def _await_death(reading: int, original: int) -> None:
    """In the copy: until the original has died; ends the copy when it has not. The end of the pipe is not yet the
    end of the process: its locks are held a moment longer."""
    if os.read(reading, 1) == _NOT_NEEDED:
        os._exit(0)
    ended, _, _ = select.select([original], [], [], DEATH_S)
    assert ended, "the process neither writes nor dies"
    os.close(reading)
    os.close(original)
