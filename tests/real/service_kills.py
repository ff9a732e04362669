"""`python -m tests.real.service_kills --kills N --seed S`: kill -9 of the whole service at random instants of visits.

The service is a process of its own with emulated devices and the billing host in others; a client pays and waits when
the screen goes dark. Every few visits the service is left alone until everything is settled; then the cassette, the
books, the host and the fiscal storage must agree to the kopeck, and the whole journal is verified.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from contracts.pages import PageKind
from simulator.billing_host.demo_accounts import ALWAYS_READ
from simulator.control import VerbRefused
from terminal.journal.verify import verify
from terminal.payments.postings import LedgerAccount
from tests.real.words import Lost
from tests.support.person import Person
from tests.support.real_terminal import RealBench, RealTerminal, receipts_kopecks

SPEED = 20.0
"""The emulated devices are so many times quicker than real ones."""
NOTES = (1000, 500)
EARLY = 0.25
"""Share of the services that are killed while they start."""
STARTS_S = 1.0
LIVES_S = 6.0
"""The others are killed at some instant within this time after their first page."""
STOPS = 0.2
STOPPED_S = 30.0
VISIT_S = 90.0
VISITS_OF_AUDIT = 10
CALM_S = 90.0
LOOK_S = 0.02


@dataclass
class Figures:
    kills: int = 0
    stopped: int = 0
    visits: int = 0
    audits: int = 0
    kopecks: int = 0
    disputed: int = 0
    """Kopecks of notes in suspense, each under a case number."""

    def __str__(self) -> str:
        return (
            f"service kills {self.kills}, stopped {self.stopped} times, visits {self.visits}, audits {self.audits},"
            f" kopecks in the cassette {self.kopecks}, of them disputed under a case {self.disputed}, unexplained 0"
        )


class MortalService:
    """The service of a bench, killed again and again and started again at once."""

    def __init__(self, bench: RealBench, terminal: RealTerminal, random: Random, stops: float) -> None:
        self._bench = bench
        self._terminal = terminal
        self._random = random
        self._stops = stops
        self.kills = self.stopped = 0
        self._start()

    def _start(self) -> None:
        self._process: subprocess.Popen[bytes] = self._bench.service()
        early = self._random.random() < EARLY
        self._dies_at = time.monotonic() + self._random.uniform(0.0, STARTS_S) if early else None

    def look(self) -> None:
        """Kill it when its time has come. Raises `Lost` when it has ended by itself."""
        if self._process.poll() is not None:
            raise Lost(f"the service ended by itself: {self._process.returncode}")
        now = time.monotonic()
        if self._dies_at is None:
            if self._terminal.page is not None:
                self._dies_at = now + self._random.uniform(0.0, LIVES_S)
        elif now >= self._dies_at and self._random.random() < self._stops:
            self._freeze()
        elif now >= self._dies_at:
            self._process.kill()
            self._process.wait()
            self._terminal.close()
            self.kills += 1
            self._start()

    def _freeze(self) -> None:
        """Stopped for a while and let go on: the devices and the client have not waited."""
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(self._random.uniform(0.0, STOPPED_S))
        self._process.send_signal(signal.SIGCONT)
        self.stopped += 1
        self._dies_at = time.monotonic() + self._random.uniform(0.0, LIVES_S)

    def rest(self, settled: Callable[[], bool]) -> None:
        """Let it live until everything is settled, or for `CALM_S`; then end it in order."""
        deadline = time.monotonic() + CALM_S
        while not settled() and time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise Lost(f"the service ended by itself: {self._process.returncode}")
            time.sleep(LOOK_S)
        self.stop()

    def stop(self) -> None:
        self._terminal.close()
        self._process.terminate()
        self._process.wait(30)


class KindTerminal(RealTerminal):
    """Gives a note back that came a moment too late, as the slot of a real acceptor does."""

    def __init__(self, bench: RealBench) -> None:
        super().__init__(bench)
        self._kind_bench = bench
        self.late: list[int] = []
        """Notes to be put into the purse again."""

    def insert(self, rubles: int) -> None:
        try:
            self._kind_bench.ask("bill-acceptor", "insert-note", str(rubles))
        except VerbRefused:
            self.late.append(rubles)


def kill_service(directory: Path, kills: int, random: Random, stops: float = STOPS) -> Figures:
    """Raises `Lost`. `stops` is the share of the moments at which the service is stopped instead of killed."""
    figures = Figures()
    with RealBench(directory, SPEED) as bench:
        terminal = KindTerminal(bench)
        while figures.kills < kills:
            service = MortalService(bench, terminal, random, stops)
            try:
                for _ in range(VISITS_OF_AUDIT):
                    _visit(terminal, service)
                    figures.visits += 1
                service.rest(lambda: _settled(bench))
            finally:
                service.stop()
            figures.kills += service.kills
            figures.stopped += service.stopped
            _audit(bench, figures)
    return figures


def _visit(terminal: KindTerminal, service: MortalService) -> None:
    """One client, who pays and goes, or gives up after a while."""
    person = Person(terminal, list(NOTES), ALWAYS_READ)
    deadline = time.monotonic() + VISIT_S
    while not person.outcomes and time.monotonic() < deadline:
        service.look()
        person.step()
        person.notes += terminal.late
        terminal.late.clear()
        time.sleep(LOOK_S)
    while (page := terminal.page) is None or page.kind is not PageKind.START:
        if time.monotonic() > deadline + VISIT_S:
            raise Lost(f"the screen does not come back: {page}")
        service.look()
        time.sleep(LOOK_S)


def _settled(bench: RealBench) -> bool:
    """The money has arrived, and the service has nothing left to do but what waits for a person."""
    if _paid(bench) != sum(receipts_kopecks(bench)):
        return False
    status = bench.status()
    return bool(status) and not [each for each in status["payments"] if not each["disputed"]]


def _paid(bench: RealBench) -> int:
    return int(bench.ask("billing-host", "state")["payments_kopecks"])


def _audit(bench: RealBench, figures: Figures) -> None:
    """The books hold what is in the cassette, and host and fiscal storage hold what the books say was paid."""
    report = verify(bench.layout.state / "journal.db")
    cassette, paid, receipts = bench.cassette_kopecks, _paid(bench), sum(receipts_kopecks(bench))
    booked = {account: money.kopecks for account, money in report.balances.items()}
    figures.audits += 1
    figures.kopecks = cassette
    figures.disputed = cassette - booked[LedgerAccount.CASSETTE]
    wrong = []
    open_payments = () if figures.disputed else report.open_payments
    if not report.sound or open_payments or report.unsent:
        wrong.append(f"{report.broken} {report.damage} open {report.open_payments} unsent {report.unsent}")
    if not 0 <= figures.disputed <= booked[LedgerAccount.SUSPENSE_CASH]:
        wrong.append(f"{figures.disputed} kopecks in the cassette are on no account")
    if not paid == receipts == booked[LedgerAccount.PROVIDER_POSTED]:
        wrong.append(f"at the host {paid}, on receipts {receipts}")
    if wrong:
        raise Lost(f"{wrong}; cassette {cassette}, books {booked}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stops", type=float, default=STOPS, help="share of moments at which it is stopped instead")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        figures = kill_service(Path(directory), options.kills, Random(options.seed), options.stops)
    sys.stdout.write(f"{figures}; {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
