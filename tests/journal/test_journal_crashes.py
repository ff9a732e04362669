"""Whatever is taken away at whatever moment: what was confirmed is there, what was not is whole or absent."""

from __future__ import annotations

import itertools
import os
import resource
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from random import Random

import apsw
import pytest

from contracts.identifiers import PaymentNumber
from terminal.journal import settings
from terminal.journal.opening import OpenedJournal
from terminal.journal.settings import Setting
from terminal.journal.verify import verify, verify_connection
from terminal.ports.records import Step, StoreFailed
from tests.journal import steps
from tests.journal.failing_disk import FailingDisk
from tests.journal.steps import SMALL_BALLAST_BYTES, opened
from tests.journal.writer import write

KILLS = 24
MOST_KILLS = 400
"""Where the kill falls is up to the machine; it goes on until one has fallen between a commit and its word."""
CUTS = 120
STEPS_OF_PAYMENT = len(steps.whole_payment(1))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingDisk]:
    """The log is grown a little only: on this disk growing it costs more than all else."""
    monkeypatch.setattr(settings, "GROWN_WAL_BYTES", 100_000)
    disk = FailingDisk("failing-disk")
    yield disk
    disk.unregister()


@pytest.mark.system
def test_killed_writers_lose_nothing_confirmed_and_add_at_most_one(tmp_path: Path) -> None:
    random = Random(11)
    kills = unheard = 0
    while kills < KILLS or (not unheard and kills < MOST_KILLS):
        kills += 1
        confirmed = _kill_a_writer(tmp_path, random)
        store = opened(tmp_path)
        assert store.broken == ()
        assert confirmed <= store.journal.newest() <= confirmed + 1
        unheard += store.journal.newest() - confirmed
        store.journal.close()
    assert verify(tmp_path / "journal.db").broken == ()
    assert unheard > 0, "no kill fell between a commit and its word: the test has tested too little"


def test_power_cuts_lose_nothing_confirmed(tmp_path: Path, disk: FailingDisk) -> None:
    random = Random(5)
    confirmed = 0
    for _ in range(CUTS):
        store = opened(tmp_path, disk.name)
        assert store.broken == ()
        assert store.journal.newest() >= confirmed
        for step in itertools.islice(_what_follows(store), random.randint(0, 9)):
            confirmed = store.journal.append(step)
            if random.random() < 0.1:
                store.journal.rest()
        _cut_in_the_middle_of_a_commit(store, disk, random)
    store = opened(tmp_path, disk.name)
    assert store.broken == ()
    assert verify_connection(store.journal._database.connection).sound
    assert store.journal.newest() >= confirmed > CUTS
    store.journal.close()


def test_the_same_cuts_without_full_sync_do_lose(
    tmp_path: Path, disk: FailingDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is able to lose: with synchronous = NORMAL it does."""
    normal = tuple(
        Setting("synchronous", "NORMAL", 1) if each.name == "synchronous" else each for each in settings.SETTINGS
    )
    monkeypatch.setattr(settings, "SETTINGS", normal)
    store = opened(tmp_path, disk.name)
    confirmed = 0
    for step in steps.whole_payment(1):
        confirmed = store.journal.append(step)
    _abandon(store)
    disk.cut(Random(1))
    store = opened(tmp_path, disk.name)
    assert store.journal.newest() < confirmed
    store.journal.close()


@pytest.mark.parametrize("survives", [True, False])
def test_a_failed_sync_is_neither_yes_nor_no(tmp_path: Path, disk: FailingDisk, survives: bool) -> None:
    store = opened(tmp_path, disk.name)
    for step in steps.tender(1):
        store.journal.append(step)
    before = store.journal.newest()
    disk.fail_sync = 0
    with pytest.raises(StoreFailed):
        store.journal.append(steps.funded(1))
    syncs = disk.syncs
    with pytest.raises(StoreFailed, match="fresh process"):
        store.journal.append(steps.funded(1))
    with pytest.raises(StoreFailed):
        store.journal.open_payments()
    store.journal.close()
    assert disk.syncs == syncs, "after a failure nothing is synced any more"
    if not survives:
        for file in disk.files.values():
            file.pending.clear()
            file.seen = bytearray(file.durable)
    store = opened(tmp_path, disk.name)
    assert store.broken == ()
    assert store.journal.newest() == before + int(survives)
    assert store.outbox.totals().count == int(survives)
    store.journal.close()


def test_a_full_disk_frees_the_ballast_for_money_inside(tmp_path: Path, disk: FailingDisk) -> None:
    store = opened(tmp_path, disk.name)
    ballast = tmp_path / "journal.db.ballast"
    for step in steps.tender(1):
        store.journal.append(step)
    assert ballast.exists()
    _fill(store, disk)
    assert not ballast.exists()
    store.journal.close()
    assert disk.capacity is not None
    disk.capacity += 64 * SMALL_BALLAST_BYTES
    store = opened(tmp_path, disk.name)
    assert store.broken == ()
    assert not ballast.exists(), "it comes back when no payment is open"
    for step in steps.whole_payment(1)[4:]:
        store.journal.append(step)
    store.journal.close()
    opened(tmp_path, disk.name).journal.close()
    assert ballast.exists()


def test_a_full_disk_without_money_inside_keeps_the_ballast(tmp_path: Path, disk: FailingDisk) -> None:
    store = opened(tmp_path, disk.name)
    _fill(store, disk)
    assert (tmp_path / "journal.db.ballast").exists()
    store.journal.close()


@pytest.mark.system
def test_a_limit_on_the_file_size_fails_the_store_and_leaves_it_whole(tmp_path: Path) -> None:
    opened(tmp_path).journal.close()
    size = (tmp_path / "journal.db-wal").stat().st_size
    code = "import sys; from tests.journal.writer import write_until_failure; write_until_failure(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    assert "StoreFailed" in done.stderr
    confirmed = max(int(line) for line in done.stdout.split())
    store = opened(tmp_path)
    assert store.broken == ()
    assert confirmed <= store.journal.newest() <= confirmed + 1
    store.journal.close()


def _kill_a_writer(directory: Path, random: Random) -> int:
    """Let a process of its own write, kill it at some moment; returns the last number it confirmed."""
    reading, writing = os.pipe()
    process = get_context("fork").Process(target=write, args=(str(directory), writing))
    process.start()
    os.close(writing)
    with open(reading, encoding="ascii") as words:
        heard = [words.readline() for _ in range(random.randint(1, 60))]
        process.kill()
        heard.extend(words)
    process.join(timeout=60)
    process.close()
    return max(int(word) for word in heard if word.endswith("\n"))


def _what_follows(store: OpenedJournal) -> Iterator[Step]:
    """Steps from where the journal stands, payment after payment."""
    open_payments = store.journal.open_payments()
    for number, facts in open_payments.items():
        yield from steps.whole_payment(number)[len(facts) :]
    number = store.journal.next_payment()
    while True:
        yield from steps.whole_payment(number)
        number = PaymentNumber(number + 1)


def _cut_in_the_middle_of_a_commit(store: OpenedJournal, disk: FailingDisk, random: Random) -> None:
    """The next commit's writes reach the disk only in part; the process that would hear of it is gone."""
    disk.fail_sync = 0
    with pytest.raises(StoreFailed):
        store.journal.append(next(_what_follows(store)))
    _abandon(store)
    disk.cut(random)


def _abandon(store: OpenedJournal) -> None:
    """Let go without a clean end, as a killed process does."""
    store.journal._database._failed = True
    store.journal.close()


def _fill(store: OpenedJournal, disk: FailingDisk) -> None:
    """Write what belongs to no payment until the disk is full."""
    disk.capacity = sum(len(each.seen) for each in disk.files.values())
    large = Step(tuple(steps.incident(each) for each in range(2_000)))
    with pytest.raises(StoreFailed) as failure:
        deque((store.journal.append(large) for _ in range(50)), maxlen=0)
    assert isinstance(failure.value.__cause__, apsw.FullError)
