"""How long a visit waits for its client, and what happens then.

The client is warned in good time and may ask for more as often as they like (WCAG 2.2, 2.2.1). While the
terminal itself is at work the client's clock stands still. Money that is in is credited by a time-out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import assert_never

from terminal.visit.cash_flow import end_tender
from terminal.visit.context import Patience, Surroundings
from terminal.visit.destinations import (
    AccountEntry,
    AccountSearching,
    AccountShown,
    AfterTender,
    AmountChoice,
    AmountTyping,
    CashEnding,
    CashLeaving,
    CashOpening,
    Consent,
    Destination,
    InsertCash,
    Outcome,
    PaymentNotBegun,
    ReadingEntry,
    ReadingQuestion,
    ReadingsCheck,
    ReadingsDone,
    ReadingsNotTaken,
    ReadingsSending,
    ReadingsUnavailable,
    Start,
)
from terminal.visit.events import Certainty
from terminal.visit.state import Step, Visit, begin, leave, stay


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds without a touch until the warning, and how long the warning stands; 0 for none."""

    idle_s: float
    warning_s: float


def limits(destination: Destination, patience: Patience) -> Limits | None:
    """How long this place waits; None where the client waits for the terminal."""
    match destination:
        case AccountSearching() | ReadingsSending() | CashOpening() | CashEnding():
            return None
        case Start():
            return Limits(patience.menu_s, 0.0)
        case (
            AccountEntry()
            | ReadingEntry()
            | ReadingQuestion()
            | ReadingsCheck()
            | AmountChoice()
            | AmountTyping()
            | Consent()
        ):
            return Limits(patience.entry_s, patience.entry_warning_s)
        case AccountShown() | ReadingsDone() | ReadingsNotTaken() | ReadingsUnavailable() | PaymentNotBegun():
            return Limits(patience.result_s, patience.result_warning_s)
        case InsertCash() | CashLeaving():
            return Limits(patience.money_s, patience.money_warning_s)
        case Outcome():
            if waits_for_a_person(destination):
                return Limits(patience.result_s, patience.result_warning_s)
            return Limits(patience.done_s, 0.0)
        case _:
            assert_never(destination)


def waits_for_a_person(outcome: Outcome) -> bool:
    """Whether somebody has to decide about this payment, so that the client needs the number of the case."""
    ended = outcome.ended
    open_ends = (Certainty.UNKNOWN, Certainty.REFUSED)
    return ended.transfer in open_ends or ended.receipt in open_ends or bool(ended.disputed)


def seconds_left(visit: Visit, surroundings: Surroundings) -> int | None:
    """Whole seconds until the visit ends by itself while the client is being warned; None at other times."""
    bounds = limits(visit.destination, surroundings.patience)
    if bounds is None or bounds.warning_s <= 0:
        return None
    idle_s = surroundings.now_s - visit.touched_s
    if idle_s < bounds.idle_s:
        return None
    return max(0, math.ceil(bounds.idle_s + bounds.warning_s - idle_s))


def on_tick(visit: Visit, surroundings: Surroundings) -> Step:
    """Time has passed: nothing, or the end of the visit."""
    bounds = limits(visit.destination, surroundings.patience)
    if bounds is None or surroundings.now_s - visit.touched_s < bounds.idle_s + bounds.warning_s:
        return stay(visit)
    match visit.destination:
        case Start():
            return _fresh(visit, surroundings)
        case InsertCash(due, progress) | CashLeaving(due, progress):
            return end_tender(visit, due, progress.inserted, AfterTender.EXIT)
        case _:
            return leave(surroundings)


def _fresh(visit: Visit, surroundings: Surroundings) -> Step:
    """The first page goes back to the first language when nobody is there."""
    return stay(visit) if visit.language == surroundings.languages[0] else (begin(surroundings), ())
