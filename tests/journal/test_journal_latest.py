"""Looking for the newest fact of a kind costs the same in a long journal, also when there is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal.journal.opening import OpenedJournal
from terminal.payments.facts import CassetteMoved, CheckpointContradicted, ReceiptRegistered, ServiceStarted
from terminal.ports.records import Step
from tests.journal import steps

FEW_STEPS = 1_000
"""Of SQLite's machine: enough for one path down an index, not for a thousand records."""


@pytest.fixture(scope="module")
def long_journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedJournal]:
    """Only read, so that all can share it."""
    opened = steps.opened(tmp_path_factory.mktemp("long"))
    opened.journal.append(Step((ServiceStarted("1.0", steps.NOON.isoformat()),)))
    for number in range(1, 101):
        for step in steps.whole_payment(number):
            opened.journal.append(step)
    yield opened
    opened.journal.close()


@pytest.mark.parametrize("kind", [ServiceStarted.kind, CassetteMoved.kind, CheckpointContradicted.kind])
def test_a_fact_about_no_payment_is_found_or_missed_at_once(long_journal: OpenedJournal, kind: str) -> None:
    ticks = 0

    def tick() -> bool:
        nonlocal ticks
        ticks += 1
        return False

    connection = long_journal.journal._database.connection
    connection.set_progress_handler(tick, FEW_STEPS)
    found = long_journal.journal.latest(kind)
    connection.set_progress_handler(None)
    assert (found is not None) == (kind == ServiceStarted.kind)
    assert ticks == 0


def test_a_fact_about_a_payment_is_the_newest_one(long_journal: OpenedJournal) -> None:
    found = long_journal.journal.latest(ReceiptRegistered.kind)
    assert isinstance(found, ReceiptRegistered)
    assert found.payment == 100
