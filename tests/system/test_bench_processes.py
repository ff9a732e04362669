"""Children of the bench: their words kept, killed and frozen by name, gone when the bench is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.bench import child as child_module
from simulator.bench.child import Child, Program
from simulator.bench.layout import layout_of
from simulator.bench.log_file import MAX_LOG_BYTES, LogFile
from simulator.bench.processes import Processes

WAIT = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); signal.pause()"
)
PARENT = """
import subprocess, sys, signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
children = [subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()", "terminal", name])
            for name in ("service", "kiosk")]
signal.pause()
"""
FOLDER = Path(__file__).resolve().parents[2]


def program(code: str, name: str = "scripted") -> Program:
    return Program(name, name.title(), (sys.executable, "-c", code))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def test_words_are_kept_and_the_exit_is_known(tmp_path: Path) -> None:
    async def play() -> None:
        code = "print('first'); print('last'); raise SystemExit(3)"
        child = Child(program(code), tmp_path / "x.log", FOLDER)
        await child.start()
        await until(lambda: child.pid is None)
        await child.stop()
        assert (child.exit_code, child.log.last_line(), child.starts) == (3, "last", 1)

    asyncio.run(play())


def test_a_child_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "STOP_GRACE_S", 0.2)

    async def play() -> None:
        child = Child(program(STUBBORN), tmp_path / "x.log", FOLDER)
        await child.start()
        await until(lambda: child.log.last_line() == "here")
        await child.stop()
        assert child.exit_code == -signal.SIGKILL

    asyncio.run(play())


def test_a_frozen_child_still_ends(tmp_path: Path) -> None:
    async def play() -> None:
        child = Child(program(WAIT), tmp_path / "x.log", FOLDER)
        await child.start()
        child.send(signal.SIGSTOP)
        assert child.frozen
        await child.stop()
        assert child.exit_code == -signal.SIGTERM
        with pytest.raises(ValueError, match="not running"):
            child.send(signal.SIGSTOP)

    asyncio.run(play())


def test_processes_below_the_watchdog_are_found_by_name(tmp_path: Path) -> None:
    async def play() -> None:
        both = (program(WAIT, "billing-host"), program(PARENT, "watchdog"))
        processes = Processes(layout_of(tmp_path), both)
        for child in processes.children.values():
            await child.start()
        await until(lambda: all(processes.state()[name]["running"] for name in ("service", "kiosk")))
        pid = processes.signal("service", signal.SIGSTOP)
        await until(lambda: bool(processes.state()["service"]["frozen"]))
        assert not processes.state()["kiosk"]["frozen"]
        processes.signal("service", signal.SIGKILL)
        await until(lambda: not processes.state()["service"]["running"])
        assert not Path(f"/proc/{pid}/exe").exists()
        await processes.kill_terminal()
        assert processes.state()["watchdog"]["exit"] == -signal.SIGKILL
        assert processes.state()["billing-host"]["running"]
        await processes.stop_all()
        assert not any(state["running"] for state in processes.state().values())

    asyncio.run(play())


def test_a_power_cut_leaves_nothing_of_the_terminal_running(tmp_path: Path) -> None:
    async def play() -> None:
        processes = Processes(layout_of(tmp_path), (program(PARENT, "watchdog"),))
        await processes.children["watchdog"].start()
        await until(lambda: all(processes.state()[name]["running"] for name in ("service", "kiosk")))
        pids = [processes.state()[name]["pid"] for name in ("service", "kiosk", "watchdog")]
        await processes.kill_terminal()
        await until(lambda: not any(_alive(pid) for pid in pids))

    asyncio.run(play())


def test_children_die_with_the_bench(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path;"
        "from simulator.bench.child import Child, Program\n"
        "async def main():\n"
        f"    program = Program('x', 'X', (sys.executable, '-c', {WAIT!r}))\n"
        f"    child = Child(program, Path({str(tmp_path / 'x.log')!r}), Path('.'))\n"
        "    await child.start(); print(child.pid, flush=True); await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=FOLDER, stdout=subprocess.PIPE) as bench:
        assert bench.stdout is not None
        pid = int(bench.stdout.readline())
        assert _alive(pid)
        bench.kill()
    asyncio.run(until(lambda: not _alive(pid)))


def test_a_log_does_not_grow_without_end(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "x.log")
    for _ in range(5):
        log.write(b"x" * (MAX_LOG_BYTES // 2 + 1))
    log.close()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3 * MAX_LOG_BYTES
    assert {path.name for path in tmp_path.iterdir()} == {"x.log", "x.log.1"}


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
