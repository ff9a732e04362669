"""Tells a stacked note from the same note reported twice.

An acceptor repeats its credit event until it has heard the acknowledgement; a host that died between its record and
the acknowledgement hears the event again at the next start. With escrow on every note, a second credit needs a second
order to stack, which is a record: so an event without an open intent, of a note that nobody saw arrive, with the value
that was credited last, is the last credit told once more.
"""

from __future__ import annotations

from contracts.money import Money
from terminal.payments.facts import Fact, NoteStacked, NoteUnassigned


class CreditMemory:
    def __init__(self) -> None:
        self._last: Money | None = None
        self._arrived = False

    def recall(self, newest: Fact | None) -> None:
        """At the start: the newest record about a note's way."""
        self._last = newest.value if isinstance(newest, NoteStacked | NoteUnassigned) else None

    def note_arrived(self) -> None:
        """A note has been seen on its way in since the last credit."""
        self._arrived = True

    def restarted(self) -> None:
        """The device begins anew: what it says first may be what it said last."""
        self._arrived = False

    def credited(self, value: Money) -> None:
        """A credit is durable."""
        self._last, self._arrived = value, False

    def is_repeat(self, value: Money, *, intent_open: bool) -> bool:
        """Whether this event is the last credit told once more."""
        return not intent_open and not self._arrived and self._last == value
