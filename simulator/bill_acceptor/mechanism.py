"""Motors, sensors, cassette and the client's pocket: the truth about every note, whatever the protocol says.

Runs on the time of the running loop. A power cut stops the motors; the note stays where it is. Every note that was
ever inserted is in exactly one place: the path, the cassette, a collected cassette, the pocket or a technician's hand.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

READ_S = 0.4
STACK_S = 0.6
PASSED_AFTER = 0.6
"""Part of the way to the cassette after which the note has passed the exit sensor and cannot come back."""
RETURN_S = 0.5
DEFAULT_CAPACITY = 1500


class Position(StrEnum):
    """Where the note in the path is."""

    NONE = "none"
    READING = "reading"
    ESCROW = "escrow"
    STACKING = "stacking"
    PASSED = "passed"
    """Behind the exit sensor, not in the cassette yet."""
    RETURNING = "returning"


class Watcher(Protocol):
    """The firmware, told by its sensors."""

    def note_read(self, rubles: int) -> None: ...
    def note_passed(self, rubles: int) -> None: ...
    def note_stacked(self, rubles: int) -> None: ...
    def note_returned(self, rubles: int) -> None: ...


@dataclass(slots=True)
class Places:
    """Notes by value in rubles. Survives power cuts, and the emulator when there is a state file."""

    cassette: Counter[int] = field(default_factory=Counter)
    collected: Counter[int] = field(default_factory=Counter)
    """In cassettes that have been pulled out."""
    pocket: Counter[int] = field(default_factory=Counter)
    """Came back to the client."""
    removed: Counter[int] = field(default_factory=Counter)
    """Taken out of a jam by a technician."""
    inserted: int = 0
    position: Position = Position.NONE
    note: int = 0
    cassette_present: bool = True
    jammed: bool = False

    def body(self) -> dict[str, Any]:
        """For JSON."""
        counters = {
            name: {str(rubles): count for rubles, count in sorted(getattr(self, name).items()) if count}
            for name in ("cassette", "collected", "pocket", "removed")
        }
        return {
            **counters,
            "inserted": self.inserted,
            "position": self.position.value,
            "note": self.note,
            "cassette_present": self.cassette_present,
            "jammed": self.jammed,
        }

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Places:
        """From JSON. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
        counters = {
            name: Counter({int(rubles): int(count) for rubles, count in body[name].items()})
            for name in ("cassette", "collected", "pocket", "removed")
        }
        return cls(
            **counters,
            inserted=int(body["inserted"]),
            position=Position(body["position"]),
            note=int(body["note"]),
            cassette_present=bool(body["cassette_present"]),
            jammed=bool(body["jammed"]),
        )


class Mechanism:
    """Moves one note at a time. `changed` is called after every change of `places`."""

    def __init__(self, places: Places, *, speed: float = 1.0, changed: Callable[[], None] = lambda: None) -> None:
        self.places = places
        self.capacity = DEFAULT_CAPACITY
        self.watcher: Watcher | None = None
        self._speed = speed
        self._changed = changed
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_full(self) -> bool:
        return self.places.cassette.total() >= self.capacity

    @property
    def is_moving(self) -> bool:
        return self._timer is not None

    def insert(self, rubles: int) -> None:
        """The client pushes a note in. Raises `ValueError` when there is a note in the path."""
        if self.places.position is not Position.NONE:
            raise ValueError("there is a note in the path")
        self.places.inserted += 1
        self.places.note = rubles
        self._move(Position.READING, READ_S, self._read)

    def push(self) -> None:
        """Move the note towards the cassette."""
        if self.places.position is Position.PASSED:
            self._move(Position.PASSED, STACK_S * (1 - PASSED_AFTER), self._stacked)
        else:
            self._move(Position.STACKING, STACK_S * PASSED_AFTER, self._passed)

    def give_back(self) -> None:
        """Move the note back to the client, who takes it at once."""
        self._move(Position.RETURNING, RETURN_S, self._returned)

    def halt(self) -> None:
        """Stop the motors: power cut, cassette out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def jam(self) -> None:
        self.halt()
        self.places.jammed = True
        self._changed()

    def clear_jam(self, into: Counter[int]) -> int:
        """A technician frees the path; a note that was in it goes where told. Gives its rubles, or 0."""
        rubles = self.places.note if self.places.position is not Position.NONE else 0
        self.places.jammed = False
        self._leave(into if rubles else None)
        return rubles

    def pull_cassette(self) -> None:
        self.halt()
        self.places.collected += self.places.cassette
        self.places.cassette = Counter()
        self.places.cassette_present = False
        self._changed()

    def insert_cassette(self) -> None:
        """Always an empty one."""
        self.capacity = DEFAULT_CAPACITY
        self.places.cassette_present = True
        self._changed()

    def _move(self, position: Position, seconds: float, arrived: Callable[[], None]) -> None:
        self.halt()
        self.places.position = position
        self._timer = asyncio.get_running_loop().call_later(seconds / self._speed, self._arrive, arrived)
        self._changed()

    def _arrive(self, arrived: Callable[[], None]) -> None:
        self._timer = None
        arrived()

    def _read(self) -> None:
        self.places.position = Position.ESCROW
        self._changed()
        if self.watcher:
            self.watcher.note_read(self.places.note)

    def _passed(self) -> None:
        self.places.position = Position.PASSED
        if self.watcher:
            self.watcher.note_passed(self.places.note)
        self.push()

    def _stacked(self) -> None:
        rubles = self.places.note
        self._leave(self.places.cassette)
        if self.watcher:
            self.watcher.note_stacked(rubles)

    def _returned(self) -> None:
        rubles = self.places.note
        self._leave(self.places.pocket)
        if self.watcher:
            self.watcher.note_returned(rubles)

    def _leave(self, into: Counter[int] | None) -> None:
        if into is not None:
            into[self.places.note] += 1
        self.places.position = Position.NONE
        self.places.note = 0
        self._changed()
