"""The whole bench as a program: in service by one command, ended cleanly, and continued where it was."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from simulator.__main__ import main
from simulator.bench.process_tree import descendants

FOLDER = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 100.0
STEP_S = 0.3
HTTP_TIMEOUT_S = 15.0

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(300)]


class Page:
    """What the page in the browser does."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._http = requests.Session()
        self._pause = threading.Event()
        page = self._http.get(address, timeout=HTTP_TIMEOUT_S).text
        token = re.search(r'name="bench-token" content="([^"]+)"', page)
        assert token is not None
        self._http.headers["X-Bench-Token"] = token[1]

    def get(self, path: str) -> Any:
        return self._http.get(self._address + path, timeout=HTTP_TIMEOUT_S).json()

    def order(self, target: str, verb: str, *arguments: str) -> Any:
        body = json.dumps({"target": target, "verb": verb, "arguments": arguments})
        return self._http.post(self._address + "act", data=body, timeout=HTTP_TIMEOUT_S).json()

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look at the state until it is so."""
        for _ in range(int(START_TIMEOUT_S / STEP_S)):
            state: dict[str, Any] = self.get("state")
            if condition(state):
                return state
            self._pause.wait(STEP_S)
        raise AssertionError(f"not within {START_TIMEOUT_S} s: {state}")


@contextmanager
def bench(directory: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A bench without a kiosk and what it printed until it was up."""
    command = [sys.executable, "-m", "simulator", "bench", "--directory", str(directory),
               "--port", "0", "--no-kiosk", "--speed", "4"]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            said = ""
            while "Ctrl-C" not in said:
                line = program.stdout.readline()
                assert line, said
                said += line
            yield program, said
        finally:
            program.send_signal(signal.SIGTERM)
            program.communicate()


def serves(state: dict[str, Any]) -> bool:
    return bool(state["service"]["ok"] and state["service"]["value"]["in_service"])


def test_in_service_through_a_power_cut_and_a_second_start(tmp_path: Path) -> None:
    with bench(tmp_path) as (program, said):
        assert "in service" in said, said
        page = Page(re.findall(r"http://127\.0\.0\.1:\d+/", said)[0])
        assert page.get("journal?after=0")["records"][0]["kind"] == "V10"
        state = page.until(lambda state: serves(state) and state["money"] is not None)
        assert state["money"]["verdict"] == "equal"

        assert page.order("everything", "cut-power")["ok"]
        dark = page.until(lambda state: not state["service"]["ok"])
        assert dark["processes"]["service"]["running"] is False
        assert page.order("bill-acceptor", "insert-note", "500")["ok"] is False
        assert page.order("everything", "power-on")["ok"]
        page.until(serves)
        assert page.order("service", "kill")["ok"]
        page.until(lambda state: not state["processes"]["service"]["running"] and not state["service"]["ok"])
        assert page.order("service", "restart")["ok"]
        page.until(serves)
        page.get("journal?after=0")
        before = page.until(lambda state: state["money"] is not None)["devices"]["fiscal-register"]["value"]
        children = [seen.pid for seen in descendants(program.pid)]
        assert len(children) >= 4
    assert program.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)

    with bench(tmp_path) as (_, said):
        page = Page(re.findall(r"http://127\.0\.0\.1:\d+/", said)[0])
        page.until(serves)
        kinds = [record["kind"] for record in page.get("journal?after=0")["records"]]
        assert kinds.count("V10") == 4
        after = page.get("state")["devices"]["fiscal-register"]["value"]
        assert (after["storage"], after["last_document"]) == (before["storage"], before["last_document"])


@pytest.mark.parametrize("words", ["--port 65536", "--port -1", "--speed 0", "--speed nan", "--panel round"])
def test_words_that_make_no_sense_are_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", *words.split()])
    assert ended.value.code == 2
    assert words.split(maxsplit=1)[0] in capsys.readouterr().err


def test_a_second_bench_in_the_same_directory_says_why_not(tmp_path: Path) -> None:
    (tmp_path / "bench.lock").touch()
    with subprocess.Popen(["flock", str(tmp_path / "bench.lock"), "cat"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdin.write(b"held\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == b"held\n"
        refused = subprocess.run([sys.executable, "-m", "simulator", "bench", "--directory", str(tmp_path)],
                                 cwd=FOLDER, capture_output=True, text=True, check=False)
        holder.stdin.close()
    assert refused.returncode == 1
    assert "already works" in refused.stdout.replace("\n", " ")
