"""What the devices and the host of a real process know, in a file that outlives the process that moved them.

Every event is one 64-bit cell, published by raising the length, which is another: a process that is killed between
any two instructions leaves an event either told or not, as a real device does. The cells are shared memory, so that
telling one makes no system call among those of the journal.
"""

from __future__ import annotations

import mmap
from collections import Counter
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

CELLS = 1 << 16
"""Events of one truth; a batch of processes begins another before they are used up."""
_CELL_BYTES = 8
_NOTE_BITS = 8
_PAYMENT_BITS = 24
_VALUE_BITS = 28


class Event(IntEnum):
    STACKED = 1
    """The acceptor has put a note into its cassette."""
    FORMED = 2
    """The register has formed the receipt of a payment."""
    HELD = 3
    """The host has booked a payment."""
    REFUSED = 4
    """The host has refused a payment for good."""


class Truth:
    """Opened by the process that moves the devices and by the one that checks; only the first one adds."""

    def __init__(self, path: Path) -> None:
        size = (CELLS + 1) * _CELL_BYTES
        with path.open("a+b") as file:
            file.truncate(size)
            self._memory = mmap.mmap(file.fileno(), size)
        self._cells = memoryview(self._memory).cast("q")
        self._seen: set[tuple[Event, int, int]] = set()
        self._read = 0

    def add(self, event: Event, payment: int, value: int, note: int = 0) -> None:
        """Something irreversible has happened. `value` in kopecks."""
        length = self._cells[0]
        cell = (event << (_NOTE_BITS + _VALUE_BITS + _PAYMENT_BITS)) | (payment << (_NOTE_BITS + _VALUE_BITS))
        self._cells[1 + length] = cell | (value << _NOTE_BITS) | note
        self._cells[0] = length + 1

    def knows(self, event: Event, payment: int, note: int = 0) -> bool:
        """Whether it has happened."""
        for index in range(self._read, self.length):
            kind, number, _, each = self._event(index)
            self._seen.add((kind, number, each))
        self._read = self.length
        return (event, payment, note) in self._seen

    @property
    def length(self) -> int:
        return self._cells[0]

    def sums(self, event: Event) -> Counter[int]:
        """Kopecks by payment."""
        found: Counter[int] = Counter()
        for kind, payment, value, _ in self._events():
            if kind is event:
                found[payment] += value
        return found

    def document(self, payment: int) -> int:
        """Number of the document of a payment: documents are numbered from 1. Raises `ValueError` for none."""
        formed = [number for kind, number, _, _ in self._events() if kind is Event.FORMED]
        return formed.index(payment) + 1

    @property
    def documents(self) -> int:
        return sum(1 for kind, *_ in self._events() if kind is Event.FORMED)

    def close(self) -> None:
        self._cells.release()
        self._memory.close()

    def _events(self) -> Iterator[tuple[Event, int, int, int]]:
        return (self._event(index) for index in range(self.length))

    def _event(self, index: int) -> tuple[Event, int, int, int]:
        cell = self._cells[1 + index]
        note = cell & ((1 << _NOTE_BITS) - 1)
        value = (cell >> _NOTE_BITS) & ((1 << _VALUE_BITS) - 1)
        payment = (cell >> (_NOTE_BITS + _VALUE_BITS)) & ((1 << _PAYMENT_BITS) - 1)
        return Event(cell >> (_NOTE_BITS + _VALUE_BITS + _PAYMENT_BITS)), payment, value, note
