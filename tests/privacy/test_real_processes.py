"""Real watchdog, service and kiosk: after a client has gone, neither logs, files nor the memory of the kiosk tell who
it was."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.bench.configuration import Setting, set_keys
from tests.privacy.canaries import ACCOUNT, found_in_files, of_the_client
from tests.privacy.process_memory import found_in_memory, readable
from tests.support.person import Person
from tests.support.real_terminal import RealBench, RealTerminal

SPEED = 10.0
LIMIT_S = 120.0
LOOK_S = 0.05
TOUCH_S = 0.15
"""Slow enough for the kiosk to draw the pages that it is sent."""
SETTLED_S = 4.0
"""After the last page has been drawn, for what a process puts off until nobody is there."""


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"not within {LIMIT_S} s: {what}"
        time.sleep(LOOK_S)


def in_service(bench: RealBench) -> bool:
    status = bench.status()
    return bool(status and status["in_service"] and status["tenders"]["cash"]["offered"] and status["shown"])


def at_the_start(bench: RealBench) -> bool:
    status = bench.status()
    return bool(status) and status["page"] == "start" and status["shown"] == status["page_number"]


def one_client(bench: RealBench) -> None:
    terminal = RealTerminal(bench)
    person = Person(terminal, [1000, 500], ACCOUNT)
    deadline = time.monotonic() + LIMIT_S
    try:
        while not person.outcomes:
            assert time.monotonic() < deadline, person.seen
            person.step()
            time.sleep(TOUCH_S)
        until(lambda: (page := terminal.page) is not None and page.button("exit") is not None, "a way out")
        terminal.touch(0, "exit")
    finally:
        terminal.close()


def memory_limits(pid: int) -> tuple[int, int]:
    return resource.prlimit(pid, resource.RLIMIT_CORE)


@pytest.mark.system
@pytest.mark.screen
@pytest.mark.timeout(400)
def test_a_client_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    canaries = of_the_client()
    with RealBench(tmp_path, speed=SPEED, kiosk=True) as bench:
        lowest: dict[str, Setting] = {"service.log_level": "debug"}
        file = bench.layout.configuration
        file.write_text(set_keys(file.read_text(encoding="utf-8"), lowest), encoding="utf-8")
        bench.watchdog()
        until(lambda: in_service(bench), "in service")
        one_client(bench)
        until(lambda: at_the_start(bench), "the start page on the glass")
        kiosk, service = bench.pid_of("kiosk"), bench.pid_of("service")
        assert memory_limits(kiosk) == memory_limits(service) == (0, 0)
        time.sleep(SETTLED_S)
        if readable(kiosk):
            assert found_in_memory(kiosk, canaries) == []
    assert found_in_files(bench.layout.state, canaries) == []
    logs = bench.layout.logs
    for emulator in ("billing-host", "fiscal-register", "bill-acceptor"):
        (logs / f"{emulator}.log").unlink()
    assert [each.name for each in logs.iterdir()] == ["watchdog.log"]
    assert (logs / "watchdog.log").stat().st_size > 1000
    assert found_in_files(logs, canaries) == []
