"""Steps that cannot be true are never remembered, and after one nothing more is, until a fresh process reads on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from contracts.identifiers import CaseNumber, PaymentNumber
from contracts.money import Money
from terminal.journal.opening import OpenedJournal
from terminal.payments.facts import (
    CheckPassed,
    NoteReturned,
    PaymentCreated,
    PaymentDone,
    PaymentFunded,
    PaymentVoided,
    ReceiptPrinted,
    TransferRefused,
)
from terminal.ports.records import NewOutboxRow, OutboxKind, OutboxState, Step, StoreFailed
from tests.journal import steps
from tests.journal.steps import NOON, NOTE, opened

ONE = PaymentNumber(1)

AFTER_TENDER: dict[str, Step] = {
    "a payment created twice": steps.created(1),
    "a second payment with the same key": Step(
        (PaymentCreated(PaymentNumber(2), steps.key(1), "d" * 64, "0042", NOTE, NOTE, NOON.isoformat()),)
    ),
    "a check of a payment that never began": steps.checked(7),
    "a second check": Step((CheckPassed(ONE),)),
    "the same note ordered in twice": steps.asked(1),
    "the same note stacked twice": steps.stacked(1),
    "a note stacked that was not ordered in": steps.stacked(1, 2),
    "a note returned that was not ordered in": Step((NoteReturned(ONE, 2, NOTE),)),
    "a dispute settled that was none": Step((steps.settled(1, stacked=False),)),
    "a void with money inside": Step((PaymentVoided(ONE, "client left"),)),
    "less paid than put in": steps.funded(1, Money(1)),
    "more paid than put in": steps.funded(1, NOTE * 2),
    "paid without an outbox row": Step((PaymentFunded(ONE, NOTE, NOON.isoformat()),)),
    "paid with an outbox row of another sum": Step(
        steps.funded(1).facts, (NewOutboxRow(steps.key(1), OutboxKind.PAYMENT, b"", NOON, NOTE * 2),)
    ),
    "paid with another payment's outbox row": Step(steps.funded(1).facts, steps.funded(2).outbox),
    "an outbox row beside the right one": Step(
        (*steps.funded(1).facts, steps.incident(1)), steps.funded(1).outbox * 2
    ),
    "an outbox row before paid": Step((steps.incident(1),), steps.funded(1).outbox),
    "readings without an outbox row": Step(steps.readings(1).facts),
    "readings with other readings' outbox row": Step(steps.readings(1).facts, steps.readings(2).outbox),
    "accepted before paid": steps.accepted(1),
    "done before an answer": Step((PaymentDone(ONE),)),
    "a receipt before paid": steps.registered(1),
    "an unknown outbox row settled": Step((), settles=((steps.key(9), OutboxState.DELIVERED),)),
}

AFTER_ACCEPTED: dict[str, Step] = {
    "paid twice": steps.funded(1),
    "voided after paid": Step((PaymentVoided(ONE, "client left"),)),
    "accepted twice": Step(steps.accepted(1).facts),
    "refused after accepted": Step(
        (TransferRefused(ONE, NOTE, "5", "no such account", CaseNumber("T-0001-000001")),)
    ),
    "delivered twice": Step((), settles=((steps.key(1), OutboxState.DELIVERED),)),
    "a second receipt": steps.registered(1, 2),
    "another payment's document": steps.registered(2, 1),
    "a note after the tender": steps.stacked(1, 2),
    "printed without a receipt": Step((ReceiptPrinted(PaymentNumber(2), True),)),
}


@pytest.mark.parametrize("step", AFTER_TENDER.values(), ids=AFTER_TENDER.keys())
def test_impossible_while_taking_money(tmp_path: Path, step: Step) -> None:
    _refused(tmp_path, steps.tender(1), step)


@pytest.mark.parametrize("step", AFTER_ACCEPTED.values(), ids=AFTER_ACCEPTED.keys())
def test_impossible_after_the_host_has_accepted(tmp_path: Path, step: Step) -> None:
    before = [*steps.tender(1), steps.funded(1), steps.accepted(1), steps.registered(1), *steps.tender(2)]
    _refused(tmp_path, [*before, steps.funded(2)], step)


def test_a_wrong_sum_accepted_is_refused(tmp_path: Path) -> None:
    _refused(tmp_path, [*steps.tender(1), steps.funded(1)], steps.accepted(1, NOTE * 2))


def test_a_payment_is_not_closed_while_it_is_still_to_be_sent(tmp_path: Path) -> None:
    before = [*steps.tender(1), steps.funded(1), Step(steps.accepted(1).facts)]
    _refused(tmp_path, before, Step((PaymentDone(ONE),)))


def test_a_found_note_credited_to_nobody_is_refused(tmp_path: Path) -> None:
    before = [steps.created(1), steps.checked(1), steps.asked(1), steps.disputed(1)]
    _refused(tmp_path, before, Step((steps.settled(1),)))


def test_an_impossible_fact_takes_its_whole_step_with_it(tmp_path: Path) -> None:
    step = Step((*steps.created(2).facts, *steps.stacked(1).facts))
    _refused(tmp_path, steps.tender(1), step)


def _refused(directory: Path, before: list[Step], step: Step) -> None:
    store = opened(directory)
    for each in before:
        store.journal.append(each)
    head = store.journal.head
    with pytest.raises(StoreFailed):
        store.journal.append(step)
    _answers_nothing(store)
    store.journal.close()
    again = opened(directory)
    assert again.broken == ()
    assert again.journal.head == head
    again.journal.close()


def _answers_nothing(store: OpenedJournal) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.journal.append(steps.created(99)),
        lambda: store.journal.facts_of(ONE),
        store.journal.open_payments,
        store.journal.rest,
        store.outbox.totals,
    ]
    for call in calls:
        with pytest.raises(StoreFailed):
            call()


def test_the_store_says_why(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with pytest.raises(StoreFailed, match="the slot is taken already, or the one before it is not") as failure:
        store.journal.append(steps.checked(1))
    assert isinstance(failure.value.__cause__, apsw.ConstraintError)
    store.journal.close()
