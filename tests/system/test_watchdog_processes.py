"""The watchdog with real processes: it is run as its own process and supervises small scripts that misbehave."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.faults import ActiveFault, FaultCode
from contracts.supervision import FILE
from terminal.environment import watchdog_faults
from watchdog import ledger
from watchdog.outages import Outage
from watchdog.watched import Cause

pytestmark = [pytest.mark.system, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0

SUPERVISOR = """
import json, logging, sys
from pathlib import Path
from watchdog.settings import load
from watchdog.supervisor import run
logging.basicConfig(level=logging.INFO)
run(load(Path(sys.argv[1])), json.loads(sys.argv[2]))
"""

WORKER = """
import json, os, pathlib, signal, socket, sys, time
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
with (folder / (name + ".starts")).open("a") as starts:
    starts.write(str(os.getpid()) + "\\n")
order = folder / (name + ".order")
if (folder / (name + ".ignores-term")).exists():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGABRT, signal.SIG_IGN)
line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
line.connect(os.environ["TERMINAL_LIFE_SIGNS"])
ticks = 0
while True:
    said = order.read_text().strip() if order.exists() else ""
    if said.startswith("exit "):
        order.unlink()
        sys.exit(int(said[5:]))
    if said == "freeze":
        order.unlink()
        time.sleep(1000)
    if said != "stand still":
        ticks += 1
    for _ in range(2000 if said == "flood" else 1):
        body = {"process": name, "pid": os.getpid(), "counters": {"loop_ticks": ticks, "frames": ticks},
                "safe_to_stop": said != "busy", "ready": True, "in_service": said != "refuse", "faults": []}
        line.send(json.dumps(body).encode() if said != "rubbish" else b"[" * 1024)
    time.sleep(0.1)
"""


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition of the real world. Fails after `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"did not happen: {what}"
        threading.Event().wait(0.05)


class Terminal:
    """A folder, a configuration and a running watchdog over two scripts called service and kiosk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "s"
        self.config = folder / "terminal.toml"
        self.config.write_text(
            f'[terminal]\nstate_directory = "{self.state}"\n[watchdog]\nfreeze_after_s = 5\nstart_allowance_s = 20\n'
            "stop_grace_s = 1\nrestart_backoff_first_s = 1\nrestart_backoff_max_s = 2\n", encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, environment: dict[str, str] | None = None) -> None:
        commands = {name: [sys.executable, "-c", WORKER, str(self.folder), name] for name in ("service", "kiosk")}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISOR, str(self.config), json.dumps(commands)], cwd=ROOT, stderr=log,
                env={**os.environ, **(environment or {})})

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self.process = None
        return code

    def order(self, name: str, what: str) -> None:
        draft = self.folder / f"{name}.draft"
        draft.write_text(what)
        draft.rename(self.folder / f"{name}.order")

    def starts(self, name: str) -> list[int]:
        path = self.folder / f"{name}.starts"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def outages(self) -> tuple[Outage, ...]:
        return ledger.read(self.state / "watchdog" / "ledger.jsonl").outages

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def until_running(self) -> None:
        names = ("service", "kiosk")
        eventually(lambda: all(f"process_running name={name}" in self.log() for name in names), "running")

    def until_outage(self, cause: Cause, subject: str = "service") -> Outage:
        """The first outage of that cause, once it is over."""
        def over() -> list[Outage]:
            return [each for each in self.outages()
                    if (each.cause, each.subject) == (cause, subject) and each.ended is not None]

        eventually(lambda: bool(over()), f"{cause} of {subject} over")
        return over()[0]


def gone(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def test_a_crash_is_answered_by_one_new_process_and_written_down(terminal: Terminal) -> None:
    terminal.start()
    terminal.until_running()
    terminal.order("service", "exit 3")
    outage = terminal.until_outage(Cause.STOPPED)
    assert outage.faults == ("WD01",)
    assert outage.detail == "exit=3"
    assert 0.9 < outage.lasted(outage.detected).seconds < 10
    assert len(terminal.starts("service")) == 2
    assert len(terminal.starts("kiosk")) == 1
    assert terminal.stop() == 0
    assert all(gone(pid) for name in ("service", "kiosk") for pid in terminal.starts(name))


def test_a_spent_budget_is_told_to_others_until_the_process_is_stopped(terminal: Terminal) -> None:
    with terminal.config.open("a", encoding="utf-8") as file:
        file.write("restarts_per_hour = 1\nslow_retry_s = 30\n")
    terminal.start()
    terminal.until_running()
    eventually((terminal.state / FILE).exists, "the watchdog says something")
    assert watchdog_faults(terminal.state) == ()
    terminal.order("service", "exit 1")
    eventually(lambda: len(terminal.starts("service")) == 2, "the restart that the budget has")
    terminal.order("service", "exit 1")
    spent = ActiveFault(FaultCode.RESTART_BUDGET_SPENT, "service")
    eventually(lambda: spent in watchdog_faults(terminal.state), "WD05 told")
    assert ActiveFault(FaultCode.SERVICE_STOPPED, "service") in watchdog_faults(terminal.state)


@pytest.mark.parametrize("how", ["freeze", "stand still"])
def test_a_process_without_progress_is_replaced(terminal: Terminal, how: str) -> None:
    terminal.start()
    terminal.until_running()
    terminal.order("kiosk", how)
    eventually(lambda: "cause=frozen" in terminal.log(), "frozen noticed")
    terminal.order("kiosk", "go on")
    outage = terminal.until_outage(Cause.FROZEN, "kiosk")
    assert outage.faults == ("WD04",)
    assert 5.0 <= outage.noticed_after().seconds <= 8.0
    assert "Fatal Python error: Aborted" in terminal.log(), "where it stood is in the log"
    first, second = terminal.starts("kiosk")
    assert gone(first)
    assert not gone(second)


def test_a_stopped_process_that_ignores_every_request_is_killed(terminal: Terminal) -> None:
    (terminal.folder / "service.ignores-term").touch()
    terminal.start()
    terminal.until_running()
    os.kill(terminal.starts("service")[0], signal.SIGSTOP)
    terminal.until_outage(Cause.FROZEN)
    assert "signal=SIGKILL" in terminal.log()
    assert gone(terminal.starts("service")[0])
    terminal.order("kiosk", "go on")
    assert terminal.stop() == 0, "ignoring SIGTERM does not keep the watchdog from ending"
    assert gone(terminal.starts("service")[1])


def test_floods_and_rubbish_do_not_keep_the_watchdog_from_its_work(terminal: Terminal) -> None:
    terminal.start()
    terminal.until_running()
    terminal.order("kiosk", "flood")
    terminal.order("service", "freeze")
    terminal.until_outage(Cause.FROZEN)
    assert len(terminal.starts("kiosk")) == 1
    terminal.order("kiosk", "rubbish")
    eventually(lambda: "outage_began subject=kiosk cause=frozen" in terminal.log(), "rubbish is no life sign")
    terminal.order("kiosk", "go on")
    assert "life_sign_dropped" in terminal.log()
    terminal.until_outage(Cause.FROZEN, "kiosk")


def test_the_processes_die_with_a_killed_watchdog_and_the_darkness_is_an_outage(terminal: Terminal) -> None:
    terminal.start()
    terminal.until_running()
    terminal.stop(signal.SIGKILL)
    old = [*terminal.starts("service"), *terminal.starts("kiosk")]
    eventually(lambda: all(gone(pid) for pid in old), "orphans die")
    terminal.start()
    outage = terminal.until_outage(Cause.TERMINAL_OFF, "terminal")
    assert not outage.planned
    assert outage.lasted(outage.detected).exact


def test_a_wanted_stop_is_a_planned_outage_and_safe_to_repeat(terminal: Terminal) -> None:
    terminal.start()
    terminal.until_running()
    assert terminal.stop() == 0
    (stop,) = terminal.outages()
    assert (stop.cause, stop.planned, stop.ended) == (Cause.PLANNED_STOP, True, None)
    assert not (terminal.state / "watchdog" / "life-signs.sock").exists()
    terminal.start()
    assert terminal.until_outage(Cause.PLANNED_STOP, "terminal").number == stop.number


def test_a_wanted_restart_waits_for_a_busy_service(terminal: Terminal) -> None:
    terminal.order("service", "busy")
    terminal.start()
    terminal.until_running()
    assert terminal.process is not None
    terminal.process.send_signal(signal.SIGHUP)
    assert terminal.until_outage(Cause.PLANNED_RESTART, "kiosk").planned
    assert len(terminal.starts("service")) == 1
    terminal.order("service", "go on")
    assert terminal.until_outage(Cause.PLANNED_RESTART).planned
    assert len(terminal.starts("service")) == 2


def test_out_of_service_is_written_down(terminal: Terminal) -> None:
    terminal.start()
    terminal.until_running()
    terminal.order("service", "refuse")
    eventually(lambda: "cause=out-of-service" in terminal.log(), "outage noticed")
    terminal.order("service", "go on")
    assert terminal.until_outage(Cause.OUT_OF_SERVICE).faults == ()
    assert len(terminal.starts("service")) == 1


def test_systemd_is_told(terminal: Terminal) -> None:
    path = terminal.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        systemd.settimeout(PATIENCE_S)
        terminal.start({"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "10000000"})
        heard = [systemd.recv(100) for _ in range(3)]
        assert set(heard) == {b"READY=1", b"WATCHDOG=1"}
        assert terminal.stop() == 0
        while systemd.recv(100) != b"STOPPING=1":
            pass


def watchdog(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "watchdog", *arguments], cwd=ROOT, capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False)


def test_the_command_line(terminal: Terminal) -> None:
    terminal.start()
    terminal.until_running()
    second = watchdog("--config", str(terminal.config))
    assert second.returncode == 3
    assert "уже работает" in second.stderr
    terminal.order("service", "exit 1")
    terminal.until_outage(Cause.STOPPED)
    for arguments in (["ledger", "--config", str(terminal.config), "--json"],
                      ["--config", str(terminal.config), "ledger", "--json"]):
        shown: dict[str, Any] = json.loads(watchdog(*arguments).stdout)
        assert shown["totals"]["unplanned"] == 1
    assert "завершился" in watchdog("ledger", "--config", str(terminal.config)).stdout
    assert watchdog("ledger", "--config", str(terminal.folder / "nothing.toml")).returncode == 2
    assert watchdog().returncode == 2
    assert watchdog("catalogue").stdout.startswith("# Коды неисправностей")
