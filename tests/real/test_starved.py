"""A process without disk or memory, stopped for a while, not alone, or told to end: what it acknowledged is there."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.payments.effects import Effect
from terminal.payments.payment import Payment
from terminal.ports.records import StoreRefused
from tests.real.audit import audit
from tests.real.composition import place_in
from tests.real.kills import settle_and_audit
from tests.real.load import Load
from tests.real.words import Belief
from tests.real.writer import SETTLE_S, start_writer

NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")
SPARE_BYTES = 6_000_000
PIECE_BYTES = 100_000
STOPPED_S = 1.0


def starve(load: Load) -> None:
    """From now on there is a little memory left, and each effect takes a piece of it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + SPARE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    hoard: list[bytearray] = []
    perform = load.book._perform

    def take(payment: Payment, effects: tuple[Effect, ...]) -> None:
        hoard.append(bytearray(PIECE_BYTES))
        perform(payment, effects)

    load.book._perform = take


@pytest.mark.system
def test_out_of_memory_ends_the_process_and_nothing_else(tmp_path: Path) -> None:
    place, belief = place_in(tmp_path), Belief()
    for _ in range(3):
        writer = start_writer(place, starve)
        code = writer.end()
        assert code != 0
        belief.hear(writer.said)
        audit(place, belief)
    assert belief.acknowledged > 0
    settle_and_audit(place, belief)


@pytest.mark.system
def test_a_process_that_was_stopped_goes_on(tmp_path: Path) -> None:
    place, belief = place_in(tmp_path), Belief()
    writer = start_writer(place)
    writer.listen(SETTLE_S, 11)
    os.kill(writer.process, signal.SIGSTOP)
    os.waitpid(writer.process, os.WUNTRACED)
    writer.listen(STOPPED_S)
    before = len(writer.said)
    os.kill(writer.process, signal.SIGCONT)
    writer.listen(SETTLE_S, 20)
    assert len(writer.said) > before
    writer.kill()
    belief.hear(writer.said)
    audit(place, belief)
    settle_and_audit(place, belief)


@pytest.mark.system
def test_two_on_one_journal(tmp_path: Path) -> None:
    """The second one is refused, stopped or not, until the first one is gone."""
    place, belief = place_in(tmp_path), Belief()
    writer = start_writer(place)
    writer.listen(SETTLE_S, 5)
    with pytest.raises(StoreRefused, match="another process"):
        audit(place, belief)
    os.kill(writer.process, signal.SIGSTOP)
    with pytest.raises(StoreRefused, match="another process"):
        audit(place, belief)
    writer.kill()
    belief.hear(writer.said)
    audit(place, belief)


@pytest.mark.system
def test_told_to_end_in_the_middle_of_a_step(tmp_path: Path) -> None:
    place, belief = place_in(tmp_path), Belief()
    for words in (2, 5, 9):
        writer = start_writer(place)
        writer.listen(SETTLE_S, words)
        os.kill(writer.process, signal.SIGTERM)
        assert writer.end() == -signal.SIGTERM
        belief.hear(writer.said)
        audit(place, belief)
    settle_and_audit(place, belief)


def may_mount() -> bool:
    """Whether this user may mount a file system of its own."""
    return shutil.which(NAMESPACE[0]) is not None and not subprocess.run(
        (*NAMESPACE, "true"), capture_output=True, check=False
    ).returncode


@pytest.mark.system
@pytest.mark.skipif(not may_mount(), reason="a small disk is mounted in a namespace, which is not allowed here")
def test_a_full_disk(tmp_path: Path) -> None:
    command = (*NAMESPACE, sys.executable, "-m", "tests.real.full_disk", str(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "lost 0; then: the journal" in done.stdout
    assert "the disk is full" in done.stdout
