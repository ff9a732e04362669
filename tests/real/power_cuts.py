"""`python -m tests.real.power_cuts --cuts N --seed S`: power cuts under the real journal on a real file system.

The writer (`load`) works on LazyFS, which keeps only what was synced. At some instant everything is killed and the
cache is dropped, or the next write to a file of the journal is torn and the file system ends; then the journal is
opened, audited against what was acknowledged, and goes on. With `--without-sync` the journal is opened with
synchronous = NORMAL: then acknowledged payments must go missing, or the file system under the test loses nothing.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from terminal.journal import settings
from terminal.journal.settings import Setting
from tests.real.audit import audit
from tests.real.composition import Place
from tests.real.kills import settle_and_audit
from tests.real.lazyfs import LazyFs, NoLazyFs, Tear, find_lazyfs
from tests.real.words import Belief, Lost
from tests.real.writer import SETTLE_S, start_writer

CUTS_OF_JOURNAL = 40
"""Then it is settled, verified from its first record, and another begins."""
MOST_WORDS = 60
TORN = 0.5
"""Share of the cuts that tear a write."""
TORN_PARTS = (2, 3, 8)
FILES = ("journal.db-wal", "journal.db-wal", "journal.db", "journal.mirror/steps.000001")
"""Whose writes are torn; the log has the most of them."""
LATEST_WRITE = 60
"""The write that is torn is one of the first so many to its file."""
TEAR_S = 5.0
"""How long a write to that file is waited for."""


@dataclass
class Figures:
    cuts: int = 0
    torn: int = 0
    acknowledged: int = 0
    unheard: int = 0

    def __str__(self) -> str:
        return (
            f"power cuts {self.cuts} (torn writes {self.torn}), acknowledged steps {self.acknowledged}, lost 0,"
            f" durable but unheard {self.unheard}"
        )


def cut_power(directory: Path, program: Path, cuts: int, random: Random) -> Figures:
    """Raises `Lost` at the first acknowledged step that is missing."""
    figures = Figures()
    _measure_space_below(directory)
    while figures.cuts < cuts:
        folder = directory / f"journal-{figures.cuts}"
        folder.mkdir()
        with LazyFs(program, folder) as disk:
            place, belief = Place(disk.mounted, folder / "truth"), Belief()
            for _ in range(min(CUTS_OF_JOURNAL, cuts - figures.cuts)):
                _cut_once(disk, place, belief, random, figures)
                audit(place, belief)
            settle_and_audit(place, belief)
            figures.acknowledged += belief.acknowledged
            figures.unheard += belief.unheard
    return figures


def forget_to_sync() -> None:
    """From now on this process opens journals with a setting that loses what was acknowledged."""
    normal = Setting("synchronous", "NORMAL", 1)
    changed = tuple(normal if each.name == normal.name else each for each in settings.SETTINGS)
    settings.SETTINGS = changed  # type: ignore[assignment]


def _measure_space_below(directory: Path) -> None:
    """LazyFS does not say how much space there is: the file system below it is asked."""
    below = os.statvfs
    os.statvfs = lambda _path: below(directory)  # type: ignore[assignment]


def _cut_once(disk: LazyFs, place: Place, belief: Belief, random: Random, figures: Figures) -> None:
    figures.cuts += 1
    torn = random.random() < TORN
    if torn:
        parts = random.choice(TORN_PARTS)
        disk.restart(
            Tear(random.choice(FILES), random.randint(1, LATEST_WRITE), parts, random.randint(1, parts))
        )
    writer = start_writer(place)
    writer.listen(TEAR_S if torn else SETTLE_S, random.randint(1, MOST_WORDS))
    if writer.stop() == -signal.SIGKILL and not disk.ended:
        disk.cut_power()
    elif torn:
        disk.await_end()
        figures.torn += 1
    else:
        raise Lost("the writer ended by itself")
    disk.restart()
    belief.hear(writer.said)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-sync", action="store_true")
    options = parser.parse_args()
    try:
        program = find_lazyfs()
    except NoLazyFs as reason:
        sys.stdout.write(f"not run: {reason}\n")
        return 0
    if options.without_sync:
        forget_to_sync()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        figures = cut_power(Path(directory), program, options.cuts, Random(options.seed))
    sys.stdout.write(f"{figures}; {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
