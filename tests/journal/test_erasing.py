"""What the journal gives up of a person's data, what it keeps, and what is left in the file afterwards."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from contracts.identifiers import OperationNumber, PaymentNumber
from terminal.journal.migrations import SCHEMA, migrate
from terminal.journal.opening import OpenedJournal
from terminal.journal.verify import verify
from terminal.payments.facts import (
    DayClosed,
    Fact,
    PaymentDone,
    PaymentVoided,
    ReadingsAccepted,
    ReceiptPrinted,
)
from terminal.ports.records import OutboxState, Step, StoreFailed
from terminal.ports.vault import FIRST_FORM
from tests.journal import steps
from tests.journal.steps import ScriptedClock, opened

DAY = steps.NOON.date().isoformat()
LATER, EARLIER = "2999-01-01", "2000-01-01"
MANY = 100
OPERATION = OperationNumber("R-1")


def append(journal: OpenedJournal, *given: Step | Fact) -> None:
    for each in given:
        journal.journal.append(each if isinstance(each, Step) else Step((each,)))


def voided(journal: OpenedJournal, number: int) -> None:
    append(journal, steps.created(number), PaymentVoided(PaymentNumber(number), "the client left"))


def funded(journal: OpenedJournal, number: int) -> None:
    append(journal, *steps.tender(number), steps.funded(number))


def done(journal: OpenedJournal, number: int) -> None:
    append(journal, *steps.whole_payment(number))


def names(journal: OpenedJournal, done_by: str) -> list[str]:
    return [each.key for each in journal.journal.erasable(done_by, MANY)]


def test_a_voided_payment_is_erasable_at_once_and_a_done_one_after_its_day(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    voided(journal, 1)
    done(journal, 2)
    assert names(journal, EARLIER) == [steps.key(1)]
    assert names(journal, DAY) == [steps.key(1), steps.key(2)]
    assert [each.sealed for each in journal.journal.erasable(DAY, MANY)] == [
        steps.created(number).sealed[0].digest for number in (1, 2)
    ]
    assert len(journal.journal.erasable(DAY, 1)) == 1
    journal.journal.close()


@pytest.mark.parametrize("years", [-6, 6])
def test_a_payment_funded_or_ended_by_a_wrong_clock_counts_from_the_later_day(tmp_path: Path, years: int) -> None:
    """The clock that funds it says one day, the one that ends it another."""
    clock = ScriptedClock()
    journal = opened(tmp_path, clock=clock)
    *before, end = steps.whole_payment(1)
    append(journal, *before)
    clock.at = clock.at.replace(year=clock.at.year - years)
    append(journal, end)
    ended = clock.at.date().isoformat()
    assert names(journal, min(DAY, ended)) == []
    assert names(journal, max(DAY, ended)) == [steps.key(1)]
    journal.journal.close()


def test_what_is_open_refused_or_disputed_is_kept(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    append(journal, steps.created(1))
    funded(journal, 2)
    funded(journal, 3)
    append(
        journal, steps.refused(3), steps.registered(3), ReceiptPrinted(PaymentNumber(3), True),
        PaymentDone(PaymentNumber(3)),
    )
    append(journal, steps.created(4), steps.checked(4), steps.asked(4), steps.disputed(4))
    append(journal, PaymentVoided(PaymentNumber(4), "nothing but a dispute"))
    assert names(journal, LATER) == []
    for number in (1, 2, 3, 4):
        assert journal.journal.data_key(steps.key(number)) is not None
    journal.journal.close()


@pytest.mark.parametrize("number", [1, 2])
def test_data_that_is_needed_cannot_be_erased(tmp_path: Path, number: int) -> None:
    journal = opened(tmp_path)
    funded(journal, 1)
    append(journal, steps.created(2))
    with pytest.raises(StoreFailed, match="still needed"):
        append(journal, steps.erased(number))


def test_a_day_on_which_the_sides_differ_is_kept_until_they_agree(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    done(journal, 1)

    def closed(equal: bool) -> DayClosed:
        return DayClosed(DAY, 1, 1, 1, steps.NOTE, "0" * 64, equal)

    append(journal, closed(False))
    assert names(journal, LATER) == []
    append(journal, closed(True))
    assert names(journal, LATER) == [steps.key(1)]
    journal.journal.close()


def test_readings_are_erasable_once_they_are_delivered(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    append(journal, steps.readings(1))
    key = steps.readings_key(1)
    assert names(journal, LATER) == []
    append(journal, Step((ReadingsAccepted(key, OPERATION),), settles=((key, OutboxState.DELIVERED),)))
    assert names(journal, EARLIER) == []
    (found,) = journal.journal.erasable(LATER, MANY)
    append(journal, steps.erasing(found.key, found.sealed))
    row = journal.outbox.row(key)
    assert row is not None
    assert row.sealed_body == b""
    assert journal.journal.data_key(key) is None
    journal.journal.close()


def test_what_is_erased_is_gone_from_the_file_and_the_chain_still_holds(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    done(journal, 1)
    voided(journal, 2)
    append(journal, steps.readings(1))
    key = steps.readings_key(1)
    append(journal, Step((ReadingsAccepted(key, OPERATION),), settles=((key, OutboxState.DELIVERED),)))
    journal.journal.rest()
    secrets = [
        *(steps.created(number).sealed[0].ciphertext for number in (1, 2)),
        *(steps.created(number).keys[0].wrapped for number in (1, 2)), steps.readings(1).outbox[0].sealed_body,
    ]
    path = tmp_path / "journal.db"
    assert all(secret in path.read_bytes() for secret in secrets)
    append(journal, *(steps.erasing(each.key, each.sealed) for each in journal.journal.erasable(LATER, MANY)))
    journal.journal.rest()
    assert journal.journal.sealed(steps.created(1).sealed[0].digest) is None
    assert not any(secret in path.read_bytes() for secret in secrets)
    assert journal.journal.broken_identities() == []
    journal.journal.close()
    assert verify(path).sound


def test_a_later_key_of_an_owner_replaces_the_earlier(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    append(journal, steps.created(1), steps.created(2))
    renewed = steps.data_key(steps.key(1), epoch=2)
    append(journal, Step((steps.incident(1),), keys=(renewed,)))
    assert journal.journal.data_key(steps.key(1)) == renewed
    assert [each.owner for each in journal.journal.data_keys_before(2, MANY)] == [steps.key(2)]
    assert len(journal.journal.data_keys_before(3, 1)) == 1
    journal.journal.close()


def test_data_of_a_journal_from_before_there_were_keys_can_be_erased_too(tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    (first / "0001_journal.sql").write_text((SCHEMA / "0001_journal.sql").read_text(encoding="utf-8"))
    connection = apsw.Connection(str(tmp_path / "journal.db"))
    migrate(connection, first)
    step = steps.created(1)
    connection.execute("INSERT INTO payment (number, key, open) VALUES (1, ?, 0)", (steps.key(1),))
    connection.execute(
        "INSERT INTO record (seq, at, kind, payment, slot, body, hash) VALUES (1, '', 'S00', 1, 'S00', ?, ?)",
        (f'{{"sealed_account":"{step.sealed[0].digest}"}}', bytes(32)),
    )
    connection.execute("INSERT INTO sealed VALUES (?, ?)", (step.sealed[0].digest, step.sealed[0].ciphertext))
    migrate(connection)
    assert connection.execute("SELECT * FROM data_key").fetchall() == [(steps.key(1), FIRST_FORM, b"")]
    connection.close()
