"""`python -m tests.real.kills --kills N --seed S`: kill -9 at random instants of a process that writes payments.

A server forks the writer, so that no time goes into starting Python; the writer is production's journal, payment book
and core (`load`). It is killed while it opens, recovers, commits or copies the log; every death, some of them two or
three in a row, is followed by an audit of the disk against what was acknowledged and what the devices know.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.real.audit import audit, audit_at_rest
from tests.real.composition import Place, place_in
from tests.real.words import Belief
from tests.real.writer import SETTLE_S, settle, start_writer

KILLS_OF_JOURNAL = 100
"""Then the journal is settled, verified from its first record, and another begins: a long one is slow to open."""
OPENING = 0.25
"""Share of the kills that fall, most of them, while the journal is opened and recovered."""
OPENED_S = 0.02
"""They fall at some instant before."""
MOST_WORDS = 40
"""The others fall after so many words of the writer or fewer; each step has two."""
LATER_S = 0.001
"""And at some instant within this time after the last of them."""
AUDITED = 0.7
"""Share of deaths followed by an audit; after the others the next process finds the disk as the kill left it."""


@dataclass
class Figures:
    """What was done."""

    kills: int = 0
    while_opening: int = 0
    """Killed before it had read the journal."""
    in_commits: int = 0
    """Killed between announcing a step and hearing that it is durable."""
    acknowledged: int = 0
    unheard: int = 0
    audits: int = 0
    journals: int = 0

    def __str__(self) -> str:
        return (
            f"kills {self.kills} (opening {self.while_opening}, in a commit {self.in_commits}), acknowledged steps"
            f" {self.acknowledged}, lost 0, durable but unheard {self.unheard}, audits {self.audits},"
            f" journals verified {self.journals}"
        )


def kill_writers(directory: Path, kills: int, random: Random) -> Figures:
    """Raises `Lost` at the first thing that is missing or too much."""
    figures = Figures()
    while figures.kills < kills:
        figures.journals += 1
        folder = directory / f"journal-{figures.journals}"
        folder.mkdir()
        place = place_in(folder)
        belief = Belief()
        for _ in range(min(KILLS_OF_JOURNAL, kills - figures.kills)):
            _kill_one(place, belief, random, figures)
            if random.random() < AUDITED:
                audit(place, belief)
                figures.audits += 1
        settle_and_audit(place, belief)
        figures.acknowledged += belief.acknowledged
        figures.unheard += belief.unheard
        shutil.rmtree(folder)
    return figures


def _kill_one(place: Place, belief: Belief, random: Random, figures: Figures) -> None:
    writer = start_writer(place)
    if random.random() < OPENING:
        writer.listen(random.uniform(0.0, OPENED_S))
    else:
        writer.listen(SETTLE_S, random.randint(1, MOST_WORDS))
        writer.listen(random.uniform(0.0, LATER_S))
    writer.kill()
    belief.hear(writer.said)
    figures.kills += 1
    figures.while_opening += not writer.said
    figures.in_commits += belief.announced is not None


def settle_and_audit(place: Place, belief: Belief) -> None:
    """Everything is finished by a last process and agrees. Raises `Lost`."""
    belief.hear(settle(place))
    audit(place, belief)
    audit_at_rest(place)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, default=None, help="on the file system to be tested")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        figures = kill_writers(Path(directory), options.kills, Random(options.seed))
    seconds = time.monotonic() - began
    sys.stdout.write(f"{figures}; {seconds:.0f} s, {figures.kills / seconds:.0f} kills/s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
