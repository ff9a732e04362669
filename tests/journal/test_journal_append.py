"""What the journal remembers, it remembers wholly, in order, and across openings."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from contracts.identifiers import PaymentNumber, TerminalId
from contracts.money import Money
from terminal.journal.audit_chain import genesis
from terminal.journal.opening import open_journal
from terminal.payments.facts import (
    CassetteMoved,
    CheckPassed,
    DeviceSeen,
    PaymentCreated,
    PaymentDone,
    PaymentFact,
    PaymentVoided,
    ServiceStarted,
)
from terminal.ports.records import NewOutboxRow, OutboxKind, OutboxState, Step, StoreRefused
from tests.journal import steps
from tests.journal.steps import NOON, NOTE, ScriptedClock, opened


def test_everything_is_read_back_after_reopening(tmp_path: Path) -> None:
    first = opened(tmp_path)
    written = [*steps.whole_payment(1), *steps.tender(2)]
    for step in written:
        first.journal.append(step)
    before = first.journal.head
    first.journal.close()
    second = opened(tmp_path)
    facts = [fact for step in written for fact in step.facts]
    assert second.broken == ()
    assert second.journal.head == before
    assert [*second.journal.facts_of(PaymentNumber(1)), *second.journal.facts_of(PaymentNumber(2))] == facts
    assert list(second.journal.open_payments()) == [2]
    assert list(second.journal.open_payments()[PaymentNumber(2)]) == facts[-4:]
    assert second.journal.next_payment() == 3
    assert second.journal.cassette() == {NOTE: 2}
    second.journal.close()


def test_an_empty_journal_starts_at_one_and_at_its_terminals_chain(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    assert journal.next_payment() == 1
    assert journal.open_payments() == {}
    assert journal.last_recorded_at() is None
    assert journal.latest("V20") is None
    assert journal.head == (0, genesis(steps.TERMINAL).head)
    assert journal.append(steps.created(1)) == 1
    journal.close()


def test_a_step_is_numbered_by_its_last_record_and_keeps_its_order(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    facts: tuple[PaymentFact, ...] = (*_payment_facts(steps.created(1)), CheckPassed(PaymentNumber(1)))
    assert journal.append(Step(facts)) == 2
    assert tuple(journal.facts_of(PaymentNumber(1))) == facts
    journal.close()


def test_sealed_data_is_found_by_digest_and_its_key_by_its_owner(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    step = steps.created(1)
    journal.append(step)
    journal.append(Step((), sealed=step.sealed))
    assert journal.sealed(step.sealed[0].digest) == step.sealed[0].ciphertext
    assert journal.sealed("0" * 64) is None
    assert journal.data_key(steps.key(1)) == step.keys[0]
    assert journal.data_key(steps.key(2)) is None
    journal.close()


def test_latest_gives_the_newest_fact_of_a_kind(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    journal.append(Step((DeviceSeen("bill-acceptor", "SM", "1", "table 1"),)))
    newest = DeviceSeen("bill-acceptor", "SM", "2", "table 1")
    journal.append(Step((newest,)))
    journal.append(Step((ServiceStarted("1.0", NOON.isoformat()),)))
    journal.append(steps.created(1))
    assert journal.latest("V20") == newest
    assert isinstance(journal.latest("S00"), PaymentCreated)
    assert journal.latest("C60") is None
    journal.close()


def test_the_newest_word_about_each_device_is_given(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    acceptor, register = DeviceSeen("acceptor", "SM", "1", ""), DeviceSeen("register", "M", "7", "")
    changed = DeviceSeen("acceptor", "SM", "2", "")
    journal.append(Step((acceptor, register)))
    journal.append(Step((changed,)))
    assert journal.devices_seen() == [register, changed]
    journal.close()


def test_people_who_look_on_see_records_after_a_number(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    assert journal.newest() == 0
    for step in steps.tender(1):
        journal.append(step)
    assert journal.newest() == 4
    seen = journal.records_after(1, 2)
    assert [(each.sequence, each.kind, each.payment) for each in seen] == [(2, "S10", 1), (3, "C10", 1)]
    assert journal.records_after(4, 10) == []
    journal.close()


def test_records_carry_the_wall_time_of_the_clock(tmp_path: Path) -> None:
    clock = ScriptedClock()
    journal = opened(tmp_path, clock=clock).journal
    journal.append(steps.created(1))
    clock.at = NOON + timedelta(minutes=3)
    journal.append(steps.checked(1))
    assert journal.last_recorded_at() == clock.at
    journal.close()


def test_the_cassette_is_counted_by_value_and_empty_once_taken_out(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    for step in steps.tender(1):
        journal.append(step)
    journal.append(steps.asked(1, 2, Money.rubles(500)))
    journal.append(steps.stacked(1, 2, Money.rubles(500)))
    assert journal.cassette() == {NOTE: 1, Money.rubles(500): 1}
    journal.append(Step((CassetteMoved(False, NOON.isoformat()),)))
    assert journal.cassette() == {}
    journal.append(Step((CassetteMoved(True, NOON.isoformat()),)))
    journal.append(steps.asked(1, 3))
    journal.append(steps.stacked(1, 3))
    assert journal.cassette() == {NOTE: 1}
    assert journal.broken_identities() == []
    journal.close()


def test_a_disputed_note_that_turns_up_too_late_is_in_the_cassette_and_unassigned(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    for step in (steps.created(1), steps.checked(1), steps.asked(1), steps.disputed(1)):
        journal.append(step)
    assert journal.cassette() == {}
    journal.append(Step((PaymentVoided(PaymentNumber(1), "client left"),)))
    for step in (steps.created(2), steps.checked(2)):
        journal.append(step)
    journal.append(Step((steps.settled(1), *steps.unassigned().facts)))
    assert journal.cassette() == {NOTE: 1}
    assert journal.broken_identities() == []
    journal.close()


def test_a_disputed_note_that_turns_up_in_time_is_the_clients(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    for step in (steps.created(1), steps.checked(1), steps.asked(1), steps.disputed(1)):
        journal.append(step)
    journal.append(Step((steps.settled(1), *steps.stacked(1).facts)))
    journal.append(steps.funded(1))
    assert journal.broken_identities() == []
    journal.close()


def test_day_totals_are_those_of_accepted_payments_by_the_day_they_were_funded(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    before_midnight = datetime(2026, 11, 20, 23, 59, tzinfo=steps.ZONE)
    for step in (*steps.whole_payment(1, before_midnight), *steps.whole_payment(2), *steps.tender(3)):
        journal.append(step)
    journal.append(steps.funded(3))
    for step in steps.whole_payment(4):
        journal.append(step)
    totals = journal.day_totals("2026-11-21")
    assert (totals.first, totals.last, totals.count, totals.sum) == (2, 4, 2, NOTE * 2)
    head = sha256(bytes(32) + b"T-0001-p000000002:10000").digest()
    assert totals.head == sha256(head + b"T-0001-p000000004:10000").hexdigest()
    journal.append(steps.accepted(3))
    assert journal.day_totals("2026-11-21").count == 3
    empty = journal.day_totals("2026-11-22")
    assert (empty.first, empty.last, empty.count, empty.sum, empty.head) == (0, 0, 0, Money(0), "0" * 64)
    journal.close()


def test_the_journal_of_another_terminal_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).journal.close()
    with pytest.raises(StoreRefused, match="belongs to terminal T-0001"):
        open_journal(tmp_path / "journal.db", TerminalId("T-0002"), ScriptedClock(), None, 4096)


def test_more_outbox_rows_than_facts_is_an_error_of_the_caller(tmp_path: Path) -> None:
    journal = opened(tmp_path).journal
    row = NewOutboxRow(steps.key(1), OutboxKind.READINGS, b"", NOON)
    with pytest.raises(ValueError, match="beside the fact"):
        journal.append(Step((), outbox=(row,)))
    journal.append(steps.created(1))
    journal.close()


def test_the_hosts_answer_and_the_payments_end_may_be_one_step(tmp_path: Path) -> None:
    store = opened(tmp_path)
    answer = steps.accepted(1)
    for step in (*steps.tender(1), steps.funded(1), steps.registered(1)):
        store.journal.append(step)
    store.journal.append(Step((*answer.facts, PaymentDone(PaymentNumber(1))), settles=answer.settles))
    assert store.journal.open_payments() == {}
    assert store.journal.broken_identities() == []
    store.journal.close()


def test_a_step_may_settle_without_a_fact(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for step in (*steps.tender(1), steps.funded(1)):
        store.journal.append(step)
    last = store.journal.append(Step((), settles=((steps.key(1), OutboxState.PARKED),)))
    assert last == 5
    assert store.outbox.totals().parked == 1
    store.journal.close()


def _payment_facts(step: Step) -> tuple[PaymentFact, ...]:
    return tuple(fact for fact in step.facts if isinstance(fact, PaymentFact))
