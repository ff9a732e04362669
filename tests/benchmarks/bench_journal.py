"""What a durable step costs beside the bare disk, how often it syncs, and how fast a long journal opens.

Timings are medians of rounds interleaved with a raw probe, because the disk's own speed wanders: compare ratios.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from terminal.journal.mirror_files import DiskFolder
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.payment_journal import SqliteJournal
from terminal.journal.step_writer import write_step
from tests.benchmarks.bench_service_start import KEPT
from tests.benchmarks.long_journal import long_journal
from tests.journal import counted, steps

ROUNDS = 7
PAYMENTS_PER_ROUND = 60
PAGE_BYTES = 4096
RAW_FILE_BYTES = 4_300_000
LONG_JOURNAL_RECORDS = 1_000_000
STARTS = 5
SINGLE_GOAL = 1.5
FULL_GOAL = 1.7
SYNCS_GOAL = 1.06
START_GOAL_SECONDS = 0.05
MIRRORED_GOAL = 3.2
CPU_GOAL_MICROSECONDS = 60.0

Result = dict[str, dict[str, Any]]


def run() -> Result:
    """All measurements by name; a `ratio` is value by baseline, a `goal` is for the ratio when there is one."""
    with tempfile.TemporaryDirectory(prefix="bench-journal-") as directory:
        place = Path(directory)
        results = _commits(place)
        results["syncs_per_step"] = _entry(_syncs(place), "syncs", None, SYNCS_GOAL)
        results["start_1m_records"] = _entry(_start(), "s", None, START_GOAL_SECONDS)
        return results


def _entry(value: float, unit: str, baseline: float | None, goal: float) -> dict[str, Any]:
    ratio = None if baseline is None else value / baseline
    return {"value": value, "unit": unit, "baseline": baseline, "ratio": ratio, "goal": goal}


def _commits(place: Path) -> Result:
    """A single record (C10: intent, chain, order) and a full step (S20: chain, ledger, outbox) beside raw syncs; and a
    full step with the second copy written and synced at once, which otherwise follows within 50 ms."""
    (place / "commits").mkdir()
    journal = _with_mirror(place / "commits").journal
    probe = _raw_probe(place / "raw")
    rounds = [_round(journal, probe, number) for number in range(ROUNDS)]
    single, full, both, raw_single, raw_full = (statistics.median(each) for each in zip(*rounds, strict=True))
    cpu = _processor(journal)
    journal.close()
    return {
        "full_step_both_synced": _entry(both * 1e6, "us", raw_full * 1e6, MIRRORED_GOAL),
        "single_record": _entry(single * 1e6, "us", raw_single * 1e6, SINGLE_GOAL),
        "full_step": _entry(full * 1e6, "us", raw_full * 1e6, FULL_GOAL),
        "full_step_cpu": _entry(cpu * 1e6, "us", None, CPU_GOAL_MICROSECONDS),
    }


def _round(journal: SqliteJournal, probe: Callable[[], None], number: int) -> tuple[float, ...]:
    """Medians of one round: single, full, full with the second copy synced, and the raw probe beside the first two."""
    single: list[float] = []
    full: list[float] = []
    both: list[float] = []
    raw: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    for payment in range(number * PAYMENTS_PER_ROUND + 1, (number + 1) * PAYMENTS_PER_ROUND + 1):
        for step in steps.whole_payment(payment):
            kind = step.facts[0].kind
            if kind == "C10":
                raw[0].append(_timed(probe))
                single.append(_timed(partial(journal.append, step)))
            elif kind == "S20":
                raw[1].append(_timed(probe))
                full.append(_timed(partial(journal.append, step)))
                both.append(full[-1] + _timed(journal.sync_mirror))
            else:
                journal.append(step)
                journal.sync_mirror()
    median = statistics.median
    return median(single), median(full), median(both), median(raw[0]), median(raw[1])


def _processor(journal: SqliteJournal) -> float:
    """Median seconds of preparing and writing a full step between its BEGIN and its COMMIT; the transaction is
    undone."""
    first = journal.next_payment()
    numbers = range(first, first + PAYMENTS_PER_ROUND * ROUNDS)
    for number in numbers:
        for step in steps.tender(number):
            journal.append(step)
    connection = journal._database.connection
    spent: list[float] = []
    connection.execute("BEGIN IMMEDIATE")
    for step in [steps.funded(number) for number in numbers]:
        begin = time.perf_counter()
        rows = journal._rows(step.facts)
        balances = write_step(journal._cursor, step, rows, journal._balances)
        spent.append(time.perf_counter() - begin)
        journal._last, journal._head, journal._balances = rows[-1][0], rows[-1][-1], balances
    connection.execute("ROLLBACK")
    return statistics.median(spent)


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _raw_probe(file: Path) -> Callable[[], None]:
    """Overwrite the next 4 KB of a file that has its full size, and sync."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.pwrite(handle, os.urandom(RAW_FILE_BYTES), 0)
    os.fsync(handle)
    page = os.urandom(PAGE_BYTES)
    places = RAW_FILE_BYTES // PAGE_BYTES
    turn = iter(range(10**9))

    def probe() -> None:
        os.pwrite(handle, page, next(turn) % places * PAGE_BYTES)
        os.fdatasync(handle)

    return probe


def _syncs(place: Path) -> float:
    """Syncs for each step of whole payments, counted by strace from outside."""
    (place / "syncs").mkdir()
    out = place / "trace"
    command = ["strace", "-f", "-o", str(out), "-e", "trace=fsync,fdatasync,getppid"]
    traced = [sys.executable, "-m", counted.__name__, str(place / "syncs"), "200"]
    done = subprocess.run([*command, *traced], capture_output=True, text=True, check=True)
    marked = out.read_text(encoding="utf-8").split("getppid()")[1]
    return (marked.count("fdatasync(") + marked.count("fsync(")) / int(done.stdout)


def _start() -> float:
    """Seconds of opening a journal of a million records with its second copy, median; the file is in the page cache.

    Opening, recovering what the log holds, following the chain of the last day, comparing both copies, and reading
    what the service needs. The journal is kept for the next time.
    """
    directory = KEPT / "opened"
    long_journal(directory, LONG_JOURNAL_RECORDS)
    spent: list[float] = []
    for _ in range(1 + STARTS):
        begin = time.perf_counter()
        store = _with_mirror(directory)
        store.journal.open_payments()
        store.journal.next_payment()
        store.outbox.totals()
        spent.append(time.perf_counter() - begin)
        assert store.broken == ()
        assert store.journal.newest() == LONG_JOURNAL_RECORDS
        store.journal.close()
    return statistics.median(spent[1:])


def _with_mirror(directory: Path) -> OpenedJournal:
    place = DiskFolder(directory / "journal.mirror")
    return open_journal(
        directory / "journal.db", steps.TERMINAL, steps.ScriptedClock(), None, steps.SMALL_BALLAST_BYTES, place
    )


if __name__ == "__main__":
    for name, entry in run().items():
        sys.stdout.write(f"{name}: {entry}\n")
