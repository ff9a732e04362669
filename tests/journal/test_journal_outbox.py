"""The outbox: oldest first, postponed lazily, settled once, never lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from contracts.identifiers import OperationNumber
from contracts.money import Money
from terminal.journal import outbox as outbox_module
from terminal.journal.opening import OpenedJournal
from terminal.payments.facts import ReadingsAccepted
from terminal.ports.records import OutboxKind, OutboxState, Step, StoreFailed
from tests.journal import steps
from tests.journal.steps import NOON, NOTE, opened

LATER = NOON + timedelta(minutes=5)


def test_a_row_is_due_at_once_and_reads_as_written(tmp_path: Path) -> None:
    store = _with_payments(tmp_path, 1)
    (row,) = store.outbox.due(NOON, 10)
    assert (row.key, row.kind, row.sealed_body) == (steps.key(1), OutboxKind.PAYMENT, b"sealed order 1")
    assert (row.amount, row.attempts, row.state) == (NOTE, 0, OutboxState.DUE)
    assert row.created_at == row.next_at == NOON
    assert store.outbox.row(row.key) == row
    assert store.outbox.row(steps.key(2)) is None
    assert store.outbox.due(NOON - timedelta(seconds=1), 10) == []
    store.journal.close()


def test_the_oldest_goes_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    store = _with_payments(tmp_path, 4)
    assert [row.key for row in store.outbox.due(NOON, 3)] == [steps.key(1), steps.key(2), steps.key(3)]
    assert store.outbox.due(NOON, 0) == []
    store.journal.append(steps.accepted(2))
    assert [row.key for row in store.outbox.due(NOON, 3)] == [steps.key(1), steps.key(3), steps.key(4)]
    store.journal.close()


def test_a_postponed_row_waits_and_counts_its_attempts(tmp_path: Path) -> None:
    store = _with_payments(tmp_path, 2)
    store.outbox.postpone(steps.key(1), LATER)
    store.outbox.postpone(steps.key(1), LATER + timedelta(minutes=1))
    assert [row.key for row in store.outbox.due(LATER, 9)] == [steps.key(2)]
    assert store.outbox.next_at() == NOON
    store.journal.append(steps.accepted(2))
    assert store.outbox.next_at() == LATER + timedelta(minutes=1)
    (row,) = store.outbox.due(LATER + timedelta(minutes=1), 9)
    assert (row.key, row.attempts) == (steps.key(1), 2)
    store.journal.close()


def test_a_postponement_joins_the_next_step(tmp_path: Path) -> None:
    store = _with_payments(tmp_path, 1)
    store.outbox.postpone(steps.key(1), LATER)
    store.journal.append(steps.created(2))
    _abandoned(store)
    row = _reopened_row(tmp_path)
    assert row == (1, LATER)


def test_a_postponement_without_a_step_is_lost_at_a_cut_and_kept_by_rest(tmp_path: Path) -> None:
    store = _with_payments(tmp_path, 1)
    store.outbox.postpone(steps.key(1), LATER)
    _abandoned(store)
    assert _reopened_row(tmp_path) == (0, NOON)
    store = opened(tmp_path)
    store.outbox.postpone(steps.key(1), LATER)
    store.journal.rest()
    _abandoned(store)
    assert _reopened_row(tmp_path) == (1, LATER)


def test_postponements_in_memory_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "POSTPONED_LIMIT", 2)
    store = _with_payments(tmp_path, 3)
    for number in (1, 2, 3):
        store.outbox.postpone(steps.key(number), LATER)
    _abandoned(store)
    assert _reopened_row(tmp_path) == (1, LATER)


def test_a_late_postponement_of_a_delivered_row_changes_nothing(tmp_path: Path) -> None:
    store = _with_payments(tmp_path, 1)
    store.journal.append(steps.accepted(1))
    store.outbox.postpone(steps.key(1), LATER)
    store.journal.rest()
    row = store.outbox.row(steps.key(1))
    assert row is not None
    assert (row.state, row.attempts) == (OutboxState.DELIVERED, 0)
    assert store.outbox.next_at() is None
    store.journal.close()


def test_totals_tell_what_is_unsent_and_what_is_parked(tmp_path: Path) -> None:
    store = _with_payments(tmp_path, 3)
    store.journal.append(steps.readings(1))
    store.journal.append(steps.accepted(1))
    store.journal.append(steps.refused(3))
    totals = store.outbox.totals()
    assert (totals.count, totals.amount, totals.oldest_at, totals.parked) == (2, NOTE, NOON, 1)
    answer = ReadingsAccepted(steps.readings_key(1), OperationNumber("op-r"))
    store.journal.append(Step((answer,), settles=((steps.readings_key(1), OutboxState.DELIVERED),)))
    store.journal.append(steps.accepted(2))
    totals = store.outbox.totals()
    assert (totals.count, totals.amount, totals.oldest_at, totals.parked) == (0, Money(0), None, 1)
    assert store.journal.broken_identities() == []
    store.journal.close()


def test_unsettled_payments_are_told_by_the_day_they_were_funded(tmp_path: Path) -> None:
    store = _with_payments(tmp_path, 3)
    store.journal.append(steps.readings(1))
    store.journal.append(steps.accepted(1))
    assert list(store.outbox.unsettled_of_day("2026-11-21")) == [steps.key(2), steps.key(3)]
    assert list(store.outbox.unsettled_of_day("2026-11-20")) == []
    store.journal.append(steps.refused(3))
    assert list(store.outbox.unsettled_of_day("2026-11-21")) == [steps.key(2)]
    store.journal.close()


def test_one_key_leaves_once(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.journal.append(steps.readings(1))
    with pytest.raises(StoreFailed):
        store.journal.append(steps.readings(1))
    store.journal.close()


def _with_payments(directory: Path, count: int) -> OpenedJournal:
    store = opened(directory)
    for number in range(1, count + 1):
        for step in (*steps.tender(number), steps.funded(number)):
            store.journal.append(step)
    return store


def _abandoned(store: OpenedJournal) -> None:
    """As a killed process leaves it."""
    store.journal._database._failed = True
    store.journal.close()


def _reopened_row(directory: Path) -> tuple[int, object]:
    store = opened(directory)
    row = store.outbox.row(steps.key(1))
    store.journal.close()
    assert row is not None
    return row.attempts, row.next_at
