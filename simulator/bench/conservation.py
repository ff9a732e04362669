"""Is all the money where the journal says? The emulated cassette knows the truth, the journal the credits.

Only the journal's facts about notes are read here: C10 intent, C20 stacked, C30 returned, C40 disputed,
C45 dispute settled, C50 unassigned. Sums are kopecks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contracts.money import Money


class Verdict(StrEnum):
    """How the cassette and the journal compare."""

    EQUAL = "equal"
    DISPUTED = "disputed"
    """The difference lies within the notes that the journal itself calls disputed."""
    MOVING = "moving"
    """The difference lies within notes that are being stacked right now."""
    UNEQUAL = "unequal"


@dataclass(slots=True)
class NotesInJournal:
    """Sums folded from the journal's records."""

    cassette: int = 0
    disputed: int = 0
    open_intents: dict[tuple[str, int], int] = field(default_factory=dict)
    """Notes told to be stacked and not heard of since; a payment has at most one."""

    def fold(self, kind: str, payment: str, body: Mapping[str, Any]) -> None:
        """Take one record in. Raises `KeyError`, `TypeError` or `ValueError` when the body does not fit."""
        if kind not in ("C10", "C20", "C30", "C40", "C45", "C50"):
            return
        value = Money(body["value"]).kopecks
        note = (payment, 0 if kind == "C50" else int(body["note"]))
        if kind != "C10":
            self.open_intents.pop(note, None)
        match kind:
            case "C10":
                self.open_intents[note] = value
            case "C20" | "C50":
                self.cassette += value
            case "C40":
                self.disputed += value
            case "C45":  # the C20 or C50 beside it says that the note is in the cassette
                self.disputed -= value

    def compare(self, truth: int) -> Verdict:
        """What the cassette holds against what the journal says."""
        extra = truth - self.cassette
        if extra == 0 and not self.disputed:
            return Verdict.EQUAL
        if 0 <= extra <= self.disputed:
            return Verdict.DISPUTED
        if 0 < extra <= self.disputed + sum(self.open_intents.values()):
            return Verdict.MOVING
        return Verdict.UNEQUAL
