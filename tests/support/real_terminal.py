"""Real processes for tests: the emulators and the service of a bench, and a client at its socket."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from contracts.envelope import Answer
from contracts.pages import Page
from simulator.bench.layout import BenchLayout, layout_of
from simulator.bench.preparation import Wishes, prepare
from simulator.bench.programs import EMULATORS, programs
from simulator.control import VerbRefused, ask
from simulator.fiscal_register.storage import DocumentKind
from terminal.commands.service_socket import ServiceSocket, ServiceUnreachable

START_S = 60.0
LOOK_S = 0.05


class RealBench:
    """Emulated devices and billing host as processes. A context manager."""

    def __init__(self, directory: Path, speed: float, *, kiosk: bool = False) -> None:
        self.layout: BenchLayout = layout_of(directory)
        prepared = prepare(self.layout, Wishes(speed=speed, kiosk=kiosk))
        self._commands = {each.name: each.command for each in programs(prepared)}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> RealBench:
        for name in EMULATORS:
            self._running[name] = self._start(name, self._commands[name])
        for name in EMULATORS:
            self._wait_for(name)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            process.terminate()
            process.wait(40)

    def service(self, dies_after: int = 0) -> subprocess.Popen[bytes]:
        """The service; it kills itself after so many steps, or never."""
        command = (sys.executable, "-m", "tests.support.dying_service", "--config", str(self.layout.configuration),
                   "--after", str(dies_after))
        return self._start("service", command)

    def watchdog(self) -> subprocess.Popen[bytes]:
        """The watchdog with service and kiosk under it; ended with the bench."""
        process = self._start("watchdog", self._commands["watchdog"])
        self._running = {"watchdog": process, **self._running}
        return process

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m terminal …` to its end."""
        command = (sys.executable, "-m", "terminal", *arguments)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    def status(self) -> dict[str, Any]:
        """What the service says of itself; empty while there is none."""
        try:
            with ServiceSocket(self.layout.service_socket, "status") as service:
                answer = service.ask("status")
        except (ServiceUnreachable, OSError):
            return {}
        return dict(answer.body) if isinstance(answer, Answer) else {}

    def pid_of(self, process: str) -> int:
        """The process `service` or `kiosk` of this bench. Raises `LookupError` while there is none."""
        wanted = ["-m", "terminal", process, "--config", str(self.layout.configuration)]
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _arguments(entry)[1:] == wanted:
                return int(entry.name)
        raise LookupError(f"no {process} runs")

    def ask(self, device: str, verb: str, *arguments: str) -> Any:
        return ask(self.layout.socket(device), verb, arguments)

    def _start(self, name: str, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        log = self.layout.log(name).open("ab")
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def _wait_for(self, name: str) -> None:
        deadline = time.monotonic() + START_S
        while True:
            try:
                self.ask(name, "help")
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(LOOK_S)
            else:
                return

    @property
    def cassette_kopecks(self) -> int:
        state = self.ask("bill-acceptor", "state")
        notes = Counter(state["cassette"]) + Counter(state["collected"])
        return sum(int(rubles) * 100 * count for rubles, count in notes.items())


class RealTerminal:
    """Implements `tests.support.person.Terminal` over the service's socket; reconnects when the service comes back."""

    def __init__(self, bench: RealBench) -> None:
        self._bench = bench
        self._socket: ServiceSocket | None = None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.__exit__(None, None, None)
            self._socket = None

    @property
    def page(self) -> Page | None:
        try:
            if self._socket is None:
                self._socket = ServiceSocket(self._bench.layout.service_socket, "visit").__enter__()
            while self._socket.receive(0.01) is not None:
                pass
            return self._socket.page
        except ServiceUnreachable:
            self.close()
            return None

    def touch(self, page: int, element: str) -> None:
        del page  # the socket names the newest page, which is the one just looked at
        if self._socket is not None:
            try:
                self._socket.touch(element)
            except OSError:
                self.close()

    @property
    def takes_notes(self) -> bool:
        state = self._bench.ask("bill-acceptor", "state")
        return str(state["status"]).endswith("IDLING") and state["event"] is None

    def insert(self, rubles: int) -> None:
        try:
            self._bench.ask("bill-acceptor", "insert-note", str(rubles))
        except VerbRefused as refused:
            raise AssertionError(f"the slot was lit and did not take the note: {refused}") from refused

    @property
    def given_back(self) -> Counter[int]:
        state = self._bench.ask("bill-acceptor", "state")
        return Counter({int(rubles): count for rubles, count in state["pocket"].items()})


def receipts_kopecks(bench: RealBench) -> list[int]:
    """Totals of the receipts in the emulated fiscal storage."""
    documents = bench.ask("fiscal-register", "documents")
    return [int(each["total"]) for each in documents if each["kind"] == DocumentKind.RECEIPT]


def _arguments(entry: Path) -> list[str]:
    try:
        return (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []
