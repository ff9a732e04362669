"""The one function that moves a visit: total over every place and every event, and pure.

What means nothing where the visit is - a late answer, a touch of a button that is not there - changes
nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from contracts.pages import EXTEND, LANGUAGE
from terminal.accounts.account import AccountCard
from terminal.visit import account_flow, cash_flow, reading_flow
from terminal.visit.context import Surroundings
from terminal.visit.destinations import (
    AccountEntry,
    AccountPlace,
    AccountSearching,
    AccountShown,
    AmountChoice,
    AmountTyping,
    CashEnding,
    CashLeaving,
    CashOpening,
    Consent,
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
from terminal.visit.events import (
    AccountFound,
    AccountRefused,
    CashProgress,
    HostSilent,
    PaymentEnded,
    PaymentRefused,
    ReadingsRecorded,
    ReadingsRefused,
    Tick,
    Touched,
    VisitEvent,
)
from terminal.visit.session_policy import on_tick
from terminal.visit.state import Step, Visit, begin, leave, stay

__all__ = ["Visit", "advance", "begin"]


def advance(visit: Visit, event: VisitEvent, surroundings: Surroundings) -> Step:
    """Where the event takes the visit, and what the service is asked to do.

    A touch, and whatever brings another place or content, starts the client's clock anew.
    """
    match event:
        case Tick():
            return on_tick(visit, surroundings)
        case Touched(element):
            moved, effects = _touched(visit, element, surroundings)
            return replace(moved, touched_s=surroundings.now_s), effects
        case (
            AccountFound()
            | AccountRefused()
            | HostSilent()
            | ReadingsRecorded()
            | ReadingsRefused()
            | CashProgress()
            | PaymentRefused()
            | PaymentEnded()
        ):
            moved, effects = _answered(visit, event, surroundings)
            if moved.destination == visit.destination:
                return moved, effects
            return replace(moved, touched_s=surroundings.now_s), effects
        case _:
            assert_never(event)


def _touched(visit: Visit, element: str, surroundings: Surroundings) -> Step:
    if element == EXTEND:
        return stay(visit)
    if element == LANGUAGE:
        return replace(visit, language=following_language(visit, surroundings)), ()
    match visit.destination:
        case AccountSearching() | ReadingsSending() | CashOpening() | CashEnding():
            return stay(visit)
        case Start():
            return account_flow.touch_start(visit, element, surroundings)
        case AccountEntry() as place:
            return account_flow.touch_entry(visit, place, element, surroundings)
        case InsertCash() as place:
            return cash_flow.touch_insert(visit, place, element)
        case CashLeaving() as place:
            return cash_flow.touch_leaving(visit, place, element)
        case (PaymentNotBegun() | Outcome()) as place:
            return cash_flow.touch_end(visit, place, element, surroundings)
        case place:
            if visit.card is None:
                return leave(surroundings)
            return _touched_with_account(visit, place, visit.card, element, surroundings)


def _touched_with_account(
    visit: Visit, place: AccountPlace, card: AccountCard, element: str, surroundings: Surroundings,
) -> Step:
    match place:
        case AccountShown():
            return account_flow.touch_card(visit, card, element, surroundings)
        case ReadingEntry():
            return reading_flow.touch_entry(visit, place, card, element, surroundings)
        case ReadingQuestion():
            return reading_flow.touch_question(visit, place, element, surroundings)
        case ReadingsCheck():
            return reading_flow.touch_check(visit, place, element, surroundings)
        case ReadingsDone() | ReadingsNotTaken() | ReadingsUnavailable():
            return reading_flow.touch_end(visit, place, card, element, surroundings)
        case AmountChoice():
            return cash_flow.touch_amount(visit, card, element, surroundings)
        case AmountTyping():
            return cash_flow.touch_typing(visit, place, element, surroundings)
        case Consent():
            return cash_flow.touch_consent(visit, place, element, surroundings)
        case _:
            assert_never(place)


def _answered(visit: Visit, event: VisitEvent, surroundings: Surroundings) -> Step:
    match visit.destination:
        case AccountSearching() as place:
            return account_flow.answered(visit, place, event)
        case ReadingsSending() as place:
            return reading_flow.answered(visit, place, event)
        case CashOpening() as place:
            return cash_flow.opened(visit, place, event)
        case (InsertCash() | CashLeaving()) as place:
            return cash_flow.moved(visit, place, event)
        case CashEnding() as place:
            return cash_flow.ended(visit, place, event, surroundings)
        case _:  # nobody waits for this answer any more
            return stay(visit)


def following_language(visit: Visit, surroundings: Surroundings) -> str:
    """The language that the language button switches to."""
    languages = surroundings.languages
    place = languages.index(visit.language) if visit.language in languages else -1
    return languages[(place + 1) % len(languages)]
