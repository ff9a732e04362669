"""The service as a process in its first second: what it says and does while most of it is not loaded yet."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.bench.configuration import set_keys
from terminal.devices.ccnet.wire import Command, encode_frame

pytestmark = pytest.mark.system
ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
POLL = encode_frame(bytes((Command.POLL,)))


@dataclass
class Bench:
    """A configuration whose acceptor is the test itself, listening at `line`."""

    folder: Path
    line: int

    @property
    def configuration(self) -> Path:
        return self.folder / "terminal.toml"

    def service(self) -> subprocess.Popen[str]:
        command = (sys.executable, "-m", "terminal", "service", "--config", str(self.configuration))
        return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def heard(self) -> bytes:
        """The first bytes on the line, together as many as a POLL has."""
        data = b""
        while len(data) < len(POLL):
            ready, _, _ = select.select([self.line], [], [], PATIENCE_S)
            assert ready, f"silence after {data!r}"
            data += os.read(self.line, len(POLL) - len(data))
        return data


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    line, host_end = os.openpty()
    tty.setraw(host_end)
    made = Bench(tmp_path, line)
    password = tmp_path / "password"
    password.write_text("30")
    example = (ROOT / "terminal.example.toml").read_text(encoding="utf-8")
    made.configuration.write_text(set_keys(example, {
        "terminal.state_directory": str(tmp_path / "state"),
        "bill_acceptor.address": f"pty://{os.ttyname(host_end)}",
        "fiscal_register.address": "tcp://127.0.0.1:1",
        "fiscal_register.password_file": str(password),
        "processing.url": "http://127.0.0.1:1/",
    }), encoding="utf-8")
    yield made
    os.close(line)
    os.close(host_end)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and what it said; nobody wants a traceback."""
    _, said = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in said, said
    return process.returncode, said


def test_the_first_word_on_the_line_is_a_question(bench: Bench) -> None:
    process = bench.service()
    assert bench.heard() == POLL
    process.send_signal(signal.SIGTERM)
    assert ended(process)[0] == 0


def test_a_second_service_does_not_speak_on_the_line(bench: Bench) -> None:
    first = bench.service()
    assert bench.heard() == POLL
    code, said = ended(bench.service())
    assert code == 3
    assert "another process has the journal" in said
    assert "acceptor_line" not in said
    first.send_signal(signal.SIGTERM)
    assert ended(first)[0] == 0


def test_what_is_found_missing_later_ends_it_plainly_all_the_same(bench: Bench) -> None:
    (bench.folder / "password").unlink()
    code, said = ended(bench.service())
    assert code == 2
    assert "пароль регистратора не читается" in said


def test_a_state_directory_that_cannot_be_made_is_told(bench: Bench) -> None:
    (bench.folder / "state").touch()
    code, said = ended(bench.service())
    assert code == 3
    assert f"папки состояния {bench.folder / 'state'} нет" in said
