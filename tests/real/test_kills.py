"""A slice of `python -m tests.real.kills`, and that it is able to find what it looks for."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from terminal.journal.payment_journal import SqliteJournal
from terminal.payments.facts import NoteStacked
from terminal.ports.records import Step
from tests.real.kills import kill_writers
from tests.real.words import Belief, Lost

KILLS = 40


@pytest.mark.system
def test_killed_writers_lose_nothing_acknowledged(tmp_path: Path) -> None:
    figures = kill_writers(tmp_path, KILLS, Random(7))
    assert figures.kills == KILLS
    assert figures.while_opening > 0
    assert figures.in_commits > 0
    assert figures.acknowledged > KILLS


@pytest.mark.system
def test_a_credit_that_is_acknowledged_before_it_is_durable_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The instrument is able to see a loss: a step written after its acknowledgement is missed within a few kills."""
    waiting: list[Step] = []
    append = SqliteJournal.append

    def later(journal: SqliteJournal, step: Step) -> int:
        if not any(isinstance(fact, NoteStacked) for fact in step.facts):
            while waiting:
                append(journal, waiting.pop(0))
            return append(journal, step)
        waiting.append(step)
        return journal.head[0] + len(step.facts)

    monkeypatch.setattr(SqliteJournal, "append", later)
    with pytest.raises(Lost):
        kill_writers(tmp_path, 200, Random(7))


def heard(*words: str) -> Belief:
    belief = Belief()
    for each in words:
        belief.hear((each + "\n").encode())
    return belief


def test_an_announced_step_may_be_there_or_not() -> None:
    for sequence, head, unheard in ((4, "aa", 0), (6, "bb", 1)):
        belief = heard("= 3 00", "? 1", "! 4 aa", "? 2")
        belief.found(sequence, head)
        assert (belief.sequence, belief.head, belief.unheard) == (sequence, head, unheard)


@pytest.mark.parametrize(
    ("sequence", "head"), [(3, "00"), (5, "bb"), (7, "bb"), (4, "changed")], ids=["lost", "half", "more", "altered"]
)
def test_anything_else_is_a_loss(sequence: int, head: str) -> None:
    belief = heard("= 3 00", "! 4 aa", "? 2")
    with pytest.raises(Lost):
        belief.found(sequence, head)


def test_half_a_word_is_no_word() -> None:
    belief = heard("= 3 00")
    belief.hear(b"! 4 aa\n? 1\n! 5 b")
    assert (belief.sequence, belief.head, belief.announced) == (4, "aa", 1)
