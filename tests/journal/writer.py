"""Processes that write payments and say what is confirmed; killed or starved by tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from contracts.identifiers import PaymentNumber
from terminal.ports.records import Step
from tests.journal import steps


def write(directory: str, words: int) -> None:
    """Payments for ever, from wherever the journal stands; a line with each confirmed number into `words`."""
    journal = steps.opened(Path(directory)).journal
    _say(words, journal.newest())
    for number, facts in journal.open_payments().items():
        for step in steps.whole_payment(number)[len(facts) :]:
            _say(words, journal.append(step))
    number = journal.next_payment()
    while True:
        for step in steps.whole_payment(number):
            _say(words, journal.append(step))
        number = PaymentNumber(number + 1)


def write_until_failure(directory: str) -> None:
    """Large steps until the disk gives out; the failure ends the process."""
    journal = steps.opened(Path(directory)).journal
    words = sys.stdout.fileno()
    _say(words, journal.newest())
    while True:
        _say(words, journal.append(Step((steps.incident(journal.newest()),) * 500)))


def _say(words: int, sequence: int) -> None:
    os.write(words, f"{sequence}\n".encode())
