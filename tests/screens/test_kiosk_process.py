"""The kiosk as a process of its own: calls the service, proves that it draws, ends when told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.envelope import Hello, Shown
from contracts.life_signs import ENVIRONMENT_NAME, MAX_BYTES, decode
from terminal.screens.kiosk_app import EXIT_THEME
from tests.screens.scripted_service import ScriptedService
from tests.support.page_samples import samples

pytestmark = [pytest.mark.screen, pytest.mark.system]

ROOT = Path(__file__).resolve().parents[2]
START_S = 30.0
"""Far above what a start takes, for a machine that is busy with other tests."""
PROGRAM = """
import sys
from terminal.screens import kiosk_app
settings = kiosk_app.KioskSettings(sys.argv[1], "portrait", 540, 960, 51, "default", False, True, None)
raise SystemExit(kiosk_app.run(settings))
"""


@pytest.fixture
def watchdog(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "signs"))
        listener.settimeout(START_S)
        yield listener


def test_draws_reports_and_ends_on_sigterm(tmp_path: Path, watchdog: socket.socket) -> None:
    service = ScriptedService(str(tmp_path / "service.sock"))
    kiosk = _start(tmp_path)
    try:
        signs = [decode(watchdog.recv(MAX_BYTES)) for _ in range(2)]
        service.poll()
        assert service.received == [Hello("kiosk")]
        service.publish(samples("ru")["start"])
        signs += [decode(watchdog.recv(MAX_BYTES)) for _ in range(2)]
        service.poll()
        assert service.received[-1] == Shown(samples("ru")["start"].number)
        for name in ("frames", "loop_ticks"):
            counts = [each.counters[name] for each in signs]
            assert counts == sorted(set(counts)), f"{name} must grow all the time: {counts}"
        assert signs[-1].ready
        assert signs[-1].safe_to_stop
        kiosk.send_signal(signal.SIGTERM)
        assert kiosk.wait(START_S) == 0
    finally:
        kiosk.kill()
        kiosk.wait()
        service.close()


def _start(directory: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, ENVIRONMENT_NAME: str(directory / "signs"), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(directory / "service.sock")], env=environment, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )


def test_a_fault_in_a_callback_ends_the_process_with_an_error(tmp_path: Path) -> None:
    program = PROGRAM.replace("raise SystemExit", (
        "from terminal.screens import session\n"
        "def fault(*_): raise RuntimeError('planted')\n"
        "session.KioskSession.tick = fault\n"
        "raise SystemExit"))
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "service.sock")], cwd=ROOT, capture_output=True,
        timeout=START_S, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == 1
    assert b"kiosk_failed" in ended.stderr
    assert b"planted" in ended.stderr


def test_a_theme_that_is_not_there_ends_the_process_with_a_plain_message(tmp_path: Path) -> None:
    program = PROGRAM.replace('"default"', '"paisley"')
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "service.sock")], cwd=ROOT, capture_output=True,
        timeout=START_S, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == EXIT_THEME
    assert "paisley" in ended.stderr.decode()
    assert b"Traceback" not in ended.stderr
