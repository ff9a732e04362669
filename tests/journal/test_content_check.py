"""Looking through everything: each table altered once, and the second journal with damage in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.journal import content_check, mirror
from terminal.journal.mirror_files import DiskFolder
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.repair import repair
from terminal.payments.facts import CassetteMoved
from terminal.ports.records import BrokenIdentity, Step
from tests.journal import steps
from tests.journal.steps import NOON, SMALL_BALLAST_BYTES, TERMINAL, ScriptedClock
from tests.journal.tampering import unguarded

ALTERATIONS = [
    "UPDATE record SET at = '2026-11-21T12:00:00.001+03:00' WHERE seq = 3",
    "UPDATE record SET slot = 'C20.9' WHERE seq = 4",
    "UPDATE record SET after = 'S10' WHERE seq = 9",
    "UPDATE record SET cassette = cassette + 1, customer = customer + 1 WHERE seq = 3",
    "UPDATE payment SET taken = replace(taken, 'F10#6:6,', '') WHERE number = 1",
    "UPDATE payment SET taken = taken || 'F10#99:3,' WHERE number = 2",
    "UPDATE payment SET taken = replace(taken, 'C10.1:3,', 'C10.1:2,') WHERE number = 1",
    "DROP TRIGGER record_takes_slot",
    "UPDATE cassette SET count = count - 1",
    "UPDATE payment SET key = 'T-0001-p000000009' WHERE number = 2",
    "UPDATE payment SET open = 1 WHERE number = 1",
    "UPDATE payment SET disputed = 1 WHERE number = 1",
    "UPDATE payment SET day = '2026-11-22' WHERE number = 1",
    "UPDATE payment SET sequence = 14 WHERE number = 1",
    "UPDATE payment SET state = 'parked' WHERE number = 1",
    "UPDATE payment SET created_at = '2026-11-21T11:00:00+03:00' WHERE number = 1",
    "UPDATE payment SET next_at = '2926-11-21T11:00:00+03:00' WHERE number = 3",
    "UPDATE payment SET body = x'00' WHERE number = 1",
    "UPDATE fiscal_document SET number = 7 WHERE number = 1",
    "UPDATE fiscal_document SET total = 1 WHERE number = 1",
    "UPDATE unassigned_note SET owner = 1",
    "UPDATE readings SET body = x'01'",
    "UPDATE readings SET next_at = '2026-11-21T12:00:0'",
    "UPDATE readings SET next_at = CAST(x'323032BA' AS TEXT)",
    "UPDATE readings SET created_at = '2026-11-20T11:00:00+03:00'",
    "UPDATE sealed SET ciphertext = x'02' WHERE rowid = 1",
    "DELETE FROM sealed WHERE rowid = 1",
    "UPDATE data_key SET owner = 'T-0001-p000000077' WHERE owner = 'T-0001-p000000001'",
    "UPDATE data_key SET wrapped = zeroblob(40) WHERE owner = 'T-0001-p000000001'",
    "DELETE FROM payment WHERE number = 3",
    "DELETE FROM readings",
    "DROP INDEX payment_open",
    "INSERT INTO meta (name, value) VALUES ('terlinal', 'T-0001')",
]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_check, "RECORDS_AT_ONCE", 4)
    monkeypatch.setattr(content_check, "PAYMENTS_AT_ONCE", 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OpenedJournal]:
    store = opened(tmp_path)
    for number in (1, 2):
        for step in steps.whole_payment(number):
            store.journal.append(step)
    for step in (*steps.tender(3), steps.funded(3), steps.unassigned(), steps.readings(1)):
        store.journal.append(step)
    store.journal.append(Step((CassetteMoved(True, NOON.isoformat()),)))
    store.journal.sync_mirror()
    yield store
    store.journal.close()


def opened(directory: Path) -> OpenedJournal:
    place = DiskFolder(directory / "mirror")
    return open_journal(
        directory / "journal.db", TERMINAL, ScriptedClock(), ballast_bytes=SMALL_BALLAST_BYTES, mirror=place
    )


def whole_pass(store: OpenedJournal) -> tuple[int, list[BrokenIdentity]]:
    """Pieces and findings of one pass."""
    for piece in range(1, 1000):
        looked = store.journal.look_through()
        if looked.pass_over:
            return piece, list(looked.broken)
    raise AssertionError("the pass does not end")


def test_a_sound_journal_passes_in_pieces_again_and_again(store: OpenedJournal) -> None:
    for _ in range(2):
        pieces, broken = whole_pass(store)
        assert broken == []
        assert pieces > 10
    for step in steps.whole_payment(4):
        store.journal.look_through()
        store.journal.append(step)
    assert whole_pass(store)[1] == []


def test_a_payment_made_while_the_clock_stood_in_1970_is_sound(store: OpenedJournal) -> None:
    for step in (*steps.tender(4), steps.funded(4, at=NOON.replace(year=1970))):
        store.journal.append(step)
    store.outbox.postpone(steps.key(4), NOON)
    store.outbox.flush()
    assert whole_pass(store)[1] == []


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_altered_row_is_found_and_stands(store: OpenedJournal, alteration: str) -> None:
    connection = unguarded(store.journal._database.connection)
    connection.execute(alteration)
    assert connection.changes() > 0 or "DROP" in alteration
    _, broken = whole_pass(store)
    assert broken
    assert broken[0] in store.journal.broken_identities()


def test_a_finding_closes_the_money_at_every_later_start(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.journal.append(steps.readings(1))
    right, wrong = b"sealed readings", b"sealed readingz"
    alter = "UPDATE readings SET body = ?"
    store.journal._database.connection.execute(alter, (wrong,))
    (found,) = whole_pass(store)[1]
    store.journal._database.connection.execute(alter, (right,))
    store.journal.close()
    again = opened(tmp_path)
    assert again.broken == (found,)
    again.journal.close()
    report = repair(tmp_path / "journal.db", tmp_path / "mirror")
    assert any(found.text in text for text in report.findings)
    again = opened(tmp_path)
    assert again.broken == ()
    again.journal.close()


@pytest.mark.parametrize("offset", [6, 200, 1_500, -300, -2])
def test_a_damaged_file_of_the_second_journal_is_written_again(
    store: OpenedJournal, tmp_path: Path, offset: int
) -> None:
    (file,) = (tmp_path / "mirror").iterdir()
    before = file.read_bytes()
    damaged = bytearray(before)
    damaged[offset] ^= 0x10
    file.write_bytes(damaged)
    assert whole_pass(store)[1] == []
    assert not file.exists()
    store.journal.append(steps.created(4))
    store.journal.sync_mirror()
    assert whole_pass(store)[1] == []
    files = sorted((tmp_path / "mirror").iterdir())
    assert len(files) == 2
    assert files[0].stat().st_size == len(before)


def test_a_damaged_older_file_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "FILE_BYTES", 3_000)
    store = opened(tmp_path)
    for number in (1, 2, 3, 4):
        for step in steps.whole_payment(number):
            store.journal.append(step)
            store.journal.sync_mirror()
    files = sorted((tmp_path / "mirror").iterdir())
    assert len(files) >= 4
    damaged = bytearray(files[1].read_bytes())
    damaged[5] ^= 1
    files[1].write_bytes(damaged)
    assert whole_pass(store)[1] == []
    assert not files[1].exists()
    assert whole_pass(store)[1] == []
    store.journal.close()
    again = opened(tmp_path)
    assert (again.broken, whole_pass(again)[1]) == ((), [])
    again.journal.close()
