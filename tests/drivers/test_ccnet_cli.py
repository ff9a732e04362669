"""The driver over a real pseudo-terminal with the emulator as a process of its own, ordered about by `ctl`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from contracts.money import Money
from simulator.control import VerbRefused, ask
from terminal.devices.ccnet.acceptor import CcnetAcceptor
from terminal.devices.transport import open_line
from terminal.ports.bill_acceptor import (
    AcceptanceClosed,
    AcceptanceOpened,
    Found,
    NoteInEscrow,
    NoteStacked,
    Observation,
    Situation,
)
from tests.support.virtual_loop import VirtualClock

SPEED = "5"
LIMIT_S = 60.0

pytestmark = pytest.mark.system


class Emulator:
    """The process, and its control socket."""

    def __init__(self, folder: Path) -> None:
        self.link = folder / "acceptor"
        self.socket = folder / "control"
        self.state = folder / "state.json"
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        command = [
            sys.executable, "-m", "simulator", "bill-acceptor", "--protocol", "ccnet", "--link", str(self.link),
            "--control", str(self.socket), "--state", str(self.state), "--speed", SPEED,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready bill-acceptor ccnet")
        return process

    def ctl(self, verb: str, *arguments: str) -> Any:
        return ask(self.socket, verb, arguments)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        rest, _ = self._process.communicate(timeout=LIMIT_S)
        assert rest == ""
        return self._process.returncode

    def restart(self) -> None:
        assert self.stop() == 0
        self._process = self._start()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    running = Emulator(tmp_path)
    yield running
    running.kill()


async def _until(observations: Any, wanted: type[Observation], seen: list[Observation]) -> None:
    async with asyncio.timeout(LIMIT_S):
        async for each in observations:
            seen.append(each)
            if isinstance(each, wanted):
                return


def test_a_note_over_a_real_line_through_cable_and_power_failures(emulator: Emulator) -> None:
    async def scenario() -> list[Observation]:
        seen: list[Observation] = []
        acceptor = CcnetAcceptor(open_line(f"pty://{emulator.link}?baud=9600"), VirtualClock())
        acceptor.accept(frozenset({Money.rubles(100), Money.rubles(500)}))
        async with aclosing(acceptor.observations()) as observations:  # type: ignore[type-var]
            for rubles, trouble in (("100", "none"), ("100", "unplug"), ("500", "restart")):
                await _until(observations, AcceptanceOpened, seen)
                await asyncio.to_thread(_insert, emulator, rubles)
                await _until(observations, NoteInEscrow, seen)
                acceptor.stack()
                await _until(observations, NoteStacked, seen)
                if trouble == "unplug":
                    await asyncio.to_thread(emulator.ctl, "unplug")
                    await asyncio.to_thread(emulator.ctl, "plug")
                elif trouble == "none":
                    await asyncio.to_thread(emulator.restart)
            acceptor.accept(frozenset())
            await _until(observations, AcceptanceClosed, seen)
        return seen

    seen = asyncio.run(scenario())
    assert sum(each.note.value.kopecks for each in seen if isinstance(each, NoteStacked)) == 70_000
    situations = [each.found for each in seen if isinstance(each, Situation)]
    # The emulator was stopped before the first credit was confirmed, and reports it again; it counts once.
    assert situations[:2] == [Found.POWERED_UP, Found.NOTE_IN_CASSETTE]
    state = emulator.ctl("state")
    assert state["cassette"] == {"100": 2, "500": 1}
    assert state["total"] == 700
    assert emulator.stop() == 0
    assert not os.path.lexists(emulator.link)
    assert json.loads(emulator.state.read_text())["places"]["cassette"] == {"100": 2, "500": 1}


def _insert(emulator: Emulator, rubles: str) -> None:
    """A client waits for the validator's lights: it may need a moment to come to rest."""
    for _ in range(1000):
        try:
            emulator.ctl("insert-note", rubles)
            return
        except VerbRefused as refused:
            if "takes no note now" not in str(refused):
                raise
    raise AssertionError("the validator never took the note")


def test_ctl_prints_json_lists_verbs_and_fails_for_a_refused_verb(emulator: Emulator) -> None:
    def ctl(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "simulator", "ctl", str(emulator.socket), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_S)

    verbs = json.loads(ctl("help").stdout)
    for verb in (
        "insert-note", "pull-cassette", "insert-cassette", "cassette-full", "jam", "clear-jam", "cheat", "pause",
        "fail", "reject", "cut-power", "power-on", "state", "line-fault", "mode", "seed", "unplug", "plug",
    ):
        assert verbs[verb], verb
    assert json.loads(ctl("mode", "events", "once").stdout) == {"events": "once"}
    refused = ctl("insert-note", "100")
    assert refused.returncode == 1
    assert "takes no note now: power_up" in refused.stderr


def test_every_verb_does_something_or_says_why_not(emulator: Emulator) -> None:
    for order in (
        "mode events twice", "mode mood on", "reject zz", "insert-note", "clear-jam away", "cut-power later",
        "insert-cassette", "dance",
    ):
        with pytest.raises(VerbRefused):
            emulator.ctl(*order.split())
    for order in (
        "jam", "clear-jam", "cheat", "pause", "resume", "fail stacker-motor", "fail off", "reject optic",
        "cassette-full", "pull-cassette", "insert-cassette", "cut-power", "power-on", "cut-power at-byte 5",
        "line-fault lose 0.1", "line-fault-at corrupt out 3", "seed 4", "line", "state",
    ):
        assert emulator.ctl(*order.split()), order
