"""Whose a note is that was written down without a payment (identity 8).

A note that came out of a dispute belongs to the payment of the dispute as long as that one takes notes; any other
note belongs to the payment whose tender is under way, when there is exactly one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from contracts.identifiers import PaymentNumber
from contracts.money import Money
from terminal.payments.facts import Fact, NoteDisputeSettled, NoteStacked, NoteUnassigned


@dataclass(slots=True)
class FoundNotes:
    """Disputed notes that were found in the cassette and not yet credited: C45 goes before its C20 or C50, in the
    same step, so that this is empty between steps."""

    waiting: list[NoteDisputeSettled] = field(default_factory=list)

    def feed(self, fact: Fact) -> NoteDisputeSettled | None:
        """Take in the next fact; returns the dispute that a C20 or C50 settles."""
        match fact:
            case NoteDisputeSettled(stacked=True):
                self.waiting.append(fact)
                return None
            case NoteStacked(payment=payment, note=note):
                found = next((each for each in self.waiting if (each.payment, each.note) == (payment, note)), None)
            case NoteUnassigned(value=value):
                found = self._of_value(value)
            case _:
                return None
        if found is not None:
            self.waiting.remove(found)
        return found

    def _of_value(self, value: Money) -> NoteDisputeSettled | None:
        return next((each for each in self.waiting if each.value == value), None)


def owner(settled: NoteDisputeSettled | None, tendering: Collection[int]) -> PaymentNumber | None:
    """The payment that a note written down without one should have been credited to; None when there was none."""
    if settled is not None:
        return settled.payment if settled.payment in tendering else None
    return PaymentNumber(next(iter(tendering))) if len(tendering) == 1 else None
