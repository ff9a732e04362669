"""A program that the bench runs: started, ended, killed, frozen, its words kept in a log file.

A child never outlives the bench: the kernel kills it when the bench is gone.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simulator.bench.log_file import LogFile

STOP_GRACE_S = 15.0
"""After this a child that was asked to end is killed. The watchdog has two processes to end first."""
PR_SET_PDEATHSIG = 1
READ_CHUNK_BYTES = 65_536

_LIBC = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `title` is for people."""

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    """One program, running or not."""

    def __init__(self, program: Program, log: Path, folder: Path) -> None:
        self.program = program
        self.log = LogFile(log)
        self.starts = 0
        self.frozen = False
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._copying: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def exit_code(self) -> int | None:
        """How the last run ended; `None` while it runs or before the first."""
        return self._process.returncode if self._process is not None else None

    async def start(self) -> None:
        """Start it unless it runs."""
        if self.pid is not None:
            return
        await self._finish_copying()
        self.starts += 1
        self.frozen = False
        self._process = await asyncio.create_subprocess_exec(
            *self.program.command, cwd=self._folder, env={**os.environ, **self.program.environment},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, start_new_session=True, preexec_fn=_die_with_parent,
        )
        self._copying = asyncio.create_task(self._copy_output(self._process))

    async def _copy_output(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while data := await process.stdout.read(READ_CHUNK_BYTES):
            self.log.write(data)

    async def stop(self) -> None:
        """Ask it to end, and kill it when it does not."""
        if self._process is not None and self.pid is not None:
            self.send(signal.SIGTERM)
            self.send(signal.SIGCONT)
            try:
                async with asyncio.timeout(STOP_GRACE_S):
                    await self._process.wait()
            except TimeoutError:
                self.send(signal.SIGKILL)
                await self._process.wait()
        await self._finish_copying()

    async def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None and self.pid is not None:
            self.send(signal.SIGKILL)
            await self._process.wait()
        await self._finish_copying()

    def send(self, which: signal.Signals) -> None:
        """Send a signal. Raises `ValueError` when the program does not run."""
        if self.pid is None or self._process is None:
            raise ValueError(f"{self.program.title} is not running")
        self._process.send_signal(which)
        if which in (signal.SIGSTOP, signal.SIGCONT):
            self.frozen = which is signal.SIGSTOP

    async def _finish_copying(self) -> None:
        """A grandchild may hold the pipe open; its words are not worth waiting for."""
        if self._copying is not None:
            _, late = await asyncio.wait((self._copying,), timeout=1.0)
            for task in late:
                task.cancel()
            self._copying = None
        self.log.close()
