"""One visit in a process of its own under strace, forked ready to go so that no time goes into starting Python."""

from __future__ import annotations

import ctypes
import os
import select
import subprocess
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from tests.real import reference_visit

PR_SET_PTRACER = 0x59616D61
"""prctl(2): lets a process that is not an ancestor trace this one where Yama would forbid it."""
PR_SET_PTRACER_ANY = ctypes.c_ulong(-1)
ATTACH_S = 30.0
RUN_S = 120.0
LOOK_S = 0.002


@dataclass(frozen=True, slots=True)
class Outcome:
    reached: bool
    """The call was made often enough for the fault to be injected."""
    said: str
    """Standard output and error, of the process and of the copy that went on after its death."""

    @property
    def died(self) -> bool:
        return "agrees died" in self.said

    @property
    def agrees(self) -> bool:
        return self.said.count("agrees") == 1


def files_of(directory: Path) -> list[Path]:
    """Every file of the journal that a visit may write to."""
    names = ("", "-wal", "-journal", ".lock", ".ballast")
    mirror = directory / "journal.mirror"
    return [*(directory / f"journal.db{name}" for name in names), mirror, mirror / "steps.000001", directory]


def run_traced(directory: Path, call: str, fault: str, number: int, log_bytes: int) -> Outcome:
    """One visit with a fault at the `number`-th system call of that kind on a file of the journal."""
    reading, writing = os.pipe()
    waiting, starting = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(starting)
        _visit(directory, log_bytes, waiting, writing)
    os.close(writing)
    os.close(waiting)
    trace = directory / "trace"
    paths = [argument for path in files_of(directory) for argument in ("-P", str(path))]
    inject = ("-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}")
    tracer = subprocess.Popen(("strace", "-qq", "-o", str(trace), *paths, *inject, "-p", str(process)))
    try:
        _await_tracer(process)
        os.close(starting)
        said = _read_all(reading)
    finally:
        os.close(reading)
        os.waitpid(process, 0)
        tracer.wait(ATTACH_S)
    told = trace.read_text(errors="replace")
    return Outcome("INJECTED" in told or "killed by SIGKILL" in told, said)


def _visit(directory: Path, log_bytes: int, waiting: int, writing: int) -> None:
    """In the child: the visit, as soon as the other end says so. Does not return, in the copy neither."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        os.close(writing)
        os.read(waiting, 1)
        code = reference_visit.play(directory, log_bytes)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        raise
    finally:
        os._exit(code)


def _await_tracer(process: int) -> None:
    deadline = time.monotonic() + ATTACH_S
    while "TracerPid:\t0\n" in Path(f"/proc/{process}/status").read_text(encoding="ascii"):
        if time.monotonic() > deadline:
            raise TimeoutError("strace does not attach")
        time.sleep(LOOK_S)


def _read_all(reading: int) -> str:
    """The copy of a killed process holds the same pipe: its end is the end of the visit."""
    said = bytearray()
    while True:
        ready, _, _ = select.select([reading], [], [], RUN_S)
        if not ready:
            raise TimeoutError(f"the visit goes on for ever: {said.decode(errors='replace')}")
        piece = os.read(reading, 1 << 16)
        if not piece:
            return said.decode(errors="replace")
        said += piece
