"""Real processes: the service kills itself right after a record, the client waits, the next process goes on.

The emulated devices and the billing host run on through all visits of one test; at the end they, the journal and the
fiscal storage must agree to the kopeck.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.billing_host.demo_accounts import ALWAYS_READ
from tests.support.person import Person
from tests.support.real_terminal import RealBench, RealTerminal, receipts_kopecks

NOTES = [1000, 500]
VISIT_S = 90.0
SPEED = 20.0
LOOK_S = 0.02
SAMPLE = (3, 5, 6, 8, 9, 11)
"""Steps of a visit after which the service dies: intents, credits, funding, transfer, receipt."""


def play(bench: RealBench, dies_after: int) -> None:
    """One client pays while the service dies once."""
    service = bench.service(dies_after)
    terminal = RealTerminal(bench)
    person = Person(terminal, NOTES, ALWAYS_READ)
    deadline = time.monotonic() + VISIT_S
    try:
        while not person.outcomes:
            assert time.monotonic() < deadline, f"no outcome after {VISIT_S} s; seen {person.seen}"
            if service.poll() is not None:
                terminal.close()
                service = bench.service()
            person.step()
            time.sleep(LOOK_S)
    finally:
        terminal.close()
        _end(service, bench, deadline)


def _end(service: subprocess.Popen[bytes], bench: RealBench, deadline: float) -> None:
    """Let the last payment settle, then stop the service."""
    while time.monotonic() < deadline and service.poll() is None:
        paid = bench.ask("billing-host", "state")["payments_kopecks"]
        if paid == bench.cassette_kopecks == sum(receipts_kopecks(bench)):
            break
        time.sleep(LOOK_S)
    service.terminate()
    service.wait(30)


@pytest.mark.system
@pytest.mark.timeout(400)
def test_killed_after_a_record_by_sigkill(tmp_path: Path) -> None:
    with RealBench(tmp_path, SPEED) as bench:
        for number, step in enumerate(SAMPLE, 1):
            play(bench, step)
            expected = number * sum(NOTES) * 100
            assert bench.cassette_kopecks == expected
            assert bench.ask("billing-host", "state")["payments_kopecks"] == expected
            assert sum(receipts_kopecks(bench)) == expected
        verified = _verify(bench)
        assert verified.returncode == 0, verified.stdout


def _verify(bench: RealBench) -> subprocess.CompletedProcess[str]:
    journal = bench.layout.state / "journal.db"
    command = (sys.executable, "-m", "terminal", "journal", "verify", str(journal))
    return subprocess.run(command, capture_output=True, text=True, check=False)
