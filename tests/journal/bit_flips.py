"""One bit flips in a terminal at rest: in its database, in its log or in its second copy. Nothing may be lost unseen.

    python -m tests.journal.bit_flips --flips N --seed S [--jobs J]

Each trial alters one random bit of a journal with settled, open, disputed and erased payments, part of it still in
the log, opens it as the service does, looks through everything once, and compares every table and every record of
the second copy with what was there. What may differ: when an outbox row is tried next, and how often it was.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

import apsw

from terminal.journal import settings
from terminal.journal.mirror_reading import read_mirror
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.ports.records import Step, StoreRefused
from tests.journal import steps
from tests.journal.append_disk import PREFIX, FailingFolder
from tests.journal.failing_disk import DiskFile, FailingDisk
from tests.journal.steps import TERMINAL, ScriptedClock

LOG_BYTES = 60_000
"""Size to which the log is grown: most of it holds steps, as at a busy hour."""
FLIPS_AT_ONCE = 500
"""Trials of one seed, done by one process."""
BALLAST_BYTES = 4096
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""The lock and the ballast lie on a real file system; there, syncing its names costs nothing."""
SOFT = {"payment": {"attempts", "next_at"}, "readings": {"attempts", "next_at"}}
LOOKS_THROUGH = True
"""Whether everything is looked through after the start, as the service does while it is idle."""
PLACES = ("database", "log", "second copy")

Content = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Outcome:
    """What became of one flip."""

    place: str
    verdict: str
    """`refused`, `stopped`, `found`, `healed`, `harmless`, or `SILENT`."""
    bit: int = 0


def history() -> tuple[list[Step], list[Step]]:
    """Steps before the last rest, and after it."""
    early = [steps.unassigned(), *steps.whole_payment(1), steps.erased(1), steps.readings(1)]
    early += [*steps.tender(2), steps.funded(2), steps.refused(2)]
    early += [steps.created(3), steps.checked(3), steps.asked(3), steps.disputed(3)]
    late = [*steps.whole_payment(4), *steps.tender(5), steps.funded(5), steps.readings(2)]
    late += [steps.created(6), steps.checked(6), steps.asked(6), steps.disputed(6)]
    late += [Step((steps.settled(6), steps.stacked(6).facts[0])), *steps.tender(7), steps.asked(7, 2)]
    return early, [*late, steps.stacked(7, 2)]


class Bench:
    """The journal, its files as they were at rest, and what they said."""

    def __init__(self, directory: Path, name: str, *, rested: bool = False) -> None:
        settings.GROWN_WAL_BYTES = LOG_BYTES  # on this disk growing it costs more than all else
        self._file = directory / "journal.db"
        self.disk = FailingDisk(name)
        self.folder = FailingFolder(self.disk)
        early, late = history()
        store = self._opened()
        for step in early:
            store.journal.append(step)
        store.journal.rest()
        for step in late:
            store.journal.append(step)
        store.journal.sync_mirror()
        if rested:  # the step after it begins the log anew: until then the log still shadows the database
            store.journal.rest()
            store.journal.append(Step((steps.incident(1),)))
            store.journal.sync_mirror()
        self._places = [place for place in PLACES if place != "log" or not rested]
        self._content = content_of(store)
        self._records = records_in(self.folder)
        _abandoned(store)
        self._rest = {name: bytes(file.seen) for name, file in self.disk.files.items()}

    def trial(self, random: Random) -> Outcome:
        """Flip one bit and see."""
        place = random.choice(self._places)
        name = random.choice([each for each in self._rest if _place(each) == place and self._rest[each]])
        bit = random.randrange(8 * len(self._rest[name]))
        return Outcome(place, self.flipped(name, bit), bit)

    @property
    def database(self) -> str:
        """Name of the database's file."""
        return str(self._file)

    def size(self, name: str) -> int:
        """Bytes of a file at rest."""
        return len(self._rest[name])

    def flipped(self, name: str, bit: int) -> str:
        """The verdict on one bit of one file."""
        self.disk.files = {each: DiskFile(data) for each, data in self._rest.items()}
        self.disk.files[name].seen[bit // 8] ^= 1 << bit % 8
        before = bytes(self.disk.files[name].seen)
        try:
            store = self._opened()
        except StoreRefused:
            return "refused"
        try:
            return self._verdict(store, name, before)
        finally:
            _abandoned(store)

    def _verdict(self, store: OpenedJournal, name: str, before: bytes) -> str:
        if store.broken:
            return "stopped"
        while LOOKS_THROUGH and not (looked := store.journal.look_through()).pass_over:
            pass
        if LOOKS_THROUGH and looked.broken:
            return "found"
        try:
            same = content_of(store) == self._content and records_in(self.folder) == self._records
        except (apsw.Error, UnicodeDecodeError):
            same = False
        if not same:
            return "SILENT"
        kept = self.disk.files.get(name)
        healed = kept is None or (name.startswith(PREFIX) and bytes(kept.seen) != before)
        return "healed" if healed or _place(name) == "log" else "harmless"

    def _opened(self) -> OpenedJournal:
        return open_journal(self._file, TERMINAL, ScriptedClock(), self.disk.name, BALLAST_BYTES, self.folder)


def content_of(store: OpenedJournal) -> Content:
    """Every table and the schema, without what may differ."""
    connection = store.journal._database.connection
    found: Content = {"schema": connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 2").fetchall()}
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        cursor = connection.execute(f"SELECT * FROM {name}")
        rows = cursor.fetchall()
        columns = [str(column[1]) for column in connection.execute(f"PRAGMA table_info({name})")]
        kept = [index for index, column in enumerate(columns) if column not in SOFT.get(str(name), set())]
        found[str(name)] = sorted((tuple(row[index] for index in kept) for row in rows), key=repr)
    return found


def records_in(folder: FailingFolder) -> dict[int, tuple[object, ...]]:
    """What the second copy says of each record, and what is wrong with it."""
    content = read_mirror(folder)
    found: dict[int, tuple[object, ...]] = {0: tuple(content.damage)}
    for frame in content.frames.values():
        found |= {record[0]: record for record in frame.records}
    return found


def run(flips: int, seed: int, name: str = "bit-flips") -> Iterator[Outcome]:
    """So many trials: with an even seed on a journal whose log holds its newest steps, with an odd one after a rest,
    when the database holds all but the last."""
    with tempfile.TemporaryDirectory(prefix="bit-flips-", dir=IN_MEMORY) as directory:
        bench = Bench(Path(directory), name, rested=seed % 2 == 1)
        random = Random(seed)
        for _ in range(flips):
            yield bench.trial(random)
        bench.disk.unregister()


def _counted(work: tuple[int, int]) -> tuple[Counter[tuple[str, str]], list[Outcome]]:
    """One piece of the work, in a process of the pool."""
    flips, seed = work
    logging.disable()
    counts: Counter[tuple[str, str]] = Counter()
    silent: list[Outcome] = []
    for outcome in run(flips, seed, f"bit-flips-{seed}"):
        counts[outcome.place, outcome.verdict] += 1
        if outcome.verdict == "SILENT":
            silent.append(outcome)
    return counts, silent


def _place(name: str) -> str:
    if name.startswith(PREFIX):
        return "second copy"
    return "log" if name.endswith("-wal") else "database"


def _abandoned(store: OpenedJournal) -> None:
    """As a killed process leaves it."""
    store.journal._database._failed = True
    store.journal._database.close()


def main(arguments: list[str]) -> int:
    """Exit code 1 for any silent loss."""
    parser = argparse.ArgumentParser(prog="python -m tests.journal.bit_flips")
    parser.add_argument("--flips", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    pieces = -(-options.flips // FLIPS_AT_ONCE)
    work = [(min(FLIPS_AT_ONCE, options.flips), options.seed * 1_000_000 + piece) for piece in range(pieces)]
    counts: Counter[tuple[str, str]] = Counter()
    silent: list[Outcome] = []
    with get_context("spawn").Pool(options.jobs) as pool:
        for found, lost in pool.imap_unordered(_counted, work):
            counts += found
            silent += lost
            sys.stderr.write(f"\r{counts.total()} flips, {len(silent)} lost unseen")
    for (place, verdict), count in sorted(counts.items()):
        sys.stdout.write(f"{place:12} {verdict:9} {count:7}\n")
    sys.stdout.write(f"{counts.total()} flips, {len(silent)} lost unseen {silent[:5] or ''}\n")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
