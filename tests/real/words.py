"""What a process under test says through a pipe, line by line, and what may be believed of its disk afterwards.

`= seq head` how the journal stands after opening; `? n` n records are about to be committed; `! seq head` they are
acknowledged. A process may die between any two of them. The head is a hash over all records, so that an acknowledged
state is either there byte by byte or it is not.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from terminal.journal.payment_journal import SqliteJournal
from terminal.ports.records import Step


class Lost(AssertionError):
    """The disk does not hold what was acknowledged, or holds what was never begun."""


class TellingJournal:
    """Implements `ports.records.Journal` with the production journal, and says what it is doing."""

    def __init__(self, journal: SqliteJournal, words: int) -> None:
        self._journal = journal
        self._words = words
        self._say("=", *self._stands())

    def append(self, step: Step) -> int:
        self._say("?", len(step.facts))
        sequence = self._journal.append(step)
        self._say("!", *self._stands())
        return sequence

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    def _stands(self) -> tuple[int, str]:
        sequence, head = self._journal.head
        return sequence, head.hex()

    def _say(self, *words: object) -> None:
        os.write(self._words, f"{' '.join(str(each) for each in words)}\n".encode("ascii"))


@dataclass
class Belief:
    """What must be on the disk by what was heard so far, over any number of deaths."""

    sequence: int = 0
    head: str | None = None
    """None while nothing has been heard."""
    announced: int | None = None
    """Records that may or may not be there beyond `sequence`."""
    acknowledged: int = 0
    """Steps acknowledged in all."""
    unheard: int = 0
    """Deaths after which a step was there that nobody had been told of."""

    def hear(self, text: bytes) -> None:
        """All that one process has said. Raises `Lost` when its first word shows that something is missing."""
        for line in text.decode("ascii").split("\n")[:-1]:
            match line.split(" "):
                case ["=", sequence, head]:
                    self.found(int(sequence), head)
                case ["?", records]:
                    self.announced = int(records)
                case ["!", sequence, head]:
                    self.sequence, self.head, self.announced = int(sequence), head, None
                    self.acknowledged += 1
                case _:
                    raise ValueError(f"not a word: {line}")

    def found(self, sequence: int, head: str) -> None:
        """A fresh process has read the disk. Raises `Lost`."""
        if self.head is None:
            self.sequence, self.head = sequence, head
            return
        if sequence == self.sequence:
            if head != self.head:
                raise Lost(f"record {sequence} is not the one that was acknowledged")
        elif self.announced is None or sequence != self.sequence + self.announced:
            raise Lost(f"newest is {sequence}; acknowledged {self.sequence}, announced {self.announced}")
        else:
            self.unheard += 1
        self.sequence, self.head, self.announced = sequence, head, None
