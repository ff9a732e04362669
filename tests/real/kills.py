"""`python -m tests.real.kills --kills N --seed S`: kill -9 at random instants of a process that writes payments.

A server forks the writer, so that no time goes into starting Python; the writer is production's journal, payment book
and core (`load`). It is killed while it opens, recovers, commits or copies the log; every death, some of them two or
three in a row, is followed by an audit of the disk against what was acknowledged and what the devices know.
"""

from __future__ import annotations

import argparse
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.real.audit import audit, audit_at_rest
from tests.real.load import Load
from tests.real.words import Belief, Lost

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
SETTLE_S = 30.0


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
        place = directory / f"journal-{figures.journals}"
        place.mkdir()
        belief = Belief()
        for _ in range(min(KILLS_OF_JOURNAL, kills - figures.kills)):
            _kill_one(place, belief, random, figures)
            if random.random() < AUDITED:
                audit(place, belief)
                figures.audits += 1
        _settle(place, belief)
        figures.acknowledged += belief.acknowledged
        figures.unheard += belief.unheard
        shutil.rmtree(place)
    return figures


def _kill_one(place: Path, belief: Belief, random: Random, figures: Figures) -> None:
    process, words = _fork(place, settle_only=False)
    if random.random() < OPENING:
        said = _listen(words, random.uniform(0.0, OPENED_S))
    else:
        said = _listen(words, SETTLE_S, random.randint(1, MOST_WORDS))
        said += _listen(words, random.uniform(0.0, LATER_S))
    os.kill(process, signal.SIGKILL)
    said += _listen(words, SETTLE_S)
    os.close(words)
    _, status = os.waitpid(process, 0)
    if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        raise Lost(f"the writer ended by itself: {os.waitstatus_to_exitcode(status)}")
    belief.hear(said)
    figures.kills += 1
    figures.while_opening += not said
    figures.in_commits += belief.announced is not None


def _settle(place: Path, belief: Belief) -> None:
    """A last process, left alone, finishes every payment."""
    process, words = _fork(place, settle_only=True)
    belief.hear(_listen(words, SETTLE_S))
    os.close(words)
    _, status = os.waitpid(process, 0)
    if status:
        raise Lost(f"settling ended with {os.waitstatus_to_exitcode(status)}")
    audit(place, belief)
    audit_at_rest(place)


def _fork(place: Path, *, settle_only: bool) -> tuple[int, int]:
    """A writer and the pipe with its words."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    code = 1
    try:
        os.close(reading)
        load = Load(place, writing)
        if not settle_only:
            load.run_for_ever()
        load.settle()
        load.close()
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def _listen(words: int, seconds: float, lines: int = 1 << 30) -> bytes:
    """What comes until so many lines are there, the time is over or the other side is gone."""
    heard = bytearray()
    deadline = time.monotonic() + seconds
    while heard.count(b"\n") < lines and (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([words], [], [], left)
        if ready:
            piece = os.read(words, 1 << 16)
            if not piece:
                break
            heard += piece
    return bytes(heard)


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
