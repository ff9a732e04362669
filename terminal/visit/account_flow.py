"""From the first page to the account card: what a touch or an answer means there."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from contracts import pages
from terminal.accounts.account import AccountCard, AccountState, LookupRefusal
from terminal.accounts.search import read_account_number
from terminal.visit import elements
from terminal.visit.amounts import payable
from terminal.visit.context import Surroundings
from terminal.visit.destinations import (
    AccountEntry,
    AccountSearching,
    AccountShown,
    AccountTrouble,
    AmountChoice,
)
from terminal.visit.events import AccountFound, AccountRefused, HostSilent, VisitEvent
from terminal.visit.keypad import is_key, press
from terminal.visit.reading_flow import open_readings
from terminal.visit.state import Purpose, Step, Visit, go, leave, look_up, stay

_PURPOSES = {
    elements.PAY: Purpose.PAY,
    elements.READINGS: Purpose.READINGS,
    elements.BALANCE: Purpose.BALANCE,
}

_TROUBLES = {
    LookupRefusal.NOT_FOUND: AccountTrouble.NOT_FOUND,
    LookupRefusal.CLOSED: AccountTrouble.CLOSED,
    LookupRefusal.BLOCKED: AccountTrouble.BLOCKED,
    LookupRefusal.WRONG_NUMBER: AccountTrouble.WRONG_NUMBER,
    LookupRefusal.AMBIGUOUS: AccountTrouble.AMBIGUOUS,
}


def service_offered(purpose: Purpose, surroundings: Surroundings) -> tuple[bool, str]:
    """Whether the first page offers this, and if not, the message identifier of the reason."""
    if not surroundings.lookup.offered:
        return False, surroundings.lookup.reason
    match purpose:
        case Purpose.PAY:
            return surroundings.cash.offered, surroundings.cash.reason
        case Purpose.READINGS:
            return surroundings.readings.offered, surroundings.readings.reason
        case Purpose.BALANCE:
            return True, ""
        case _:
            assert_never(purpose)


def touch_start(visit: Visit, element: str, surroundings: Surroundings) -> Step:
    """One of the services, if it is offered and the terminal works."""
    purpose = _PURPOSES.get(element)
    if purpose is None or surroundings.out_of_service or not service_offered(purpose, surroundings)[0]:
        return stay(visit)
    return go(replace(visit, purpose=purpose), AccountEntry())


def touch_entry(visit: Visit, place: AccountEntry, element: str, surroundings: Surroundings) -> Step:
    """The keypad, or the search."""
    if is_key(element):
        return go(visit, AccountEntry(press(place.typed, element, surroundings.account_digits)))
    match element:
        case elements.NEXT:
            return _search(visit, place.typed, surroundings)
        case pages.BACK | pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def answered(visit: Visit, place: AccountSearching, event: VisitEvent) -> Step:
    """What the host said about the account. The answer to another question is not taken."""
    match event:
        case AccountFound(card) if card.number != place.number:
            return stay(visit)
        case AccountFound(card) if card.state is AccountState.CLOSED:
            return go(visit, AccountEntry(place.number, AccountTrouble.CLOSED))
        case AccountFound(card):
            return go(replace(visit, card=card), AccountShown())
        case AccountRefused(refusal):
            return go(visit, AccountEntry(place.number, _TROUBLES[refusal]))
        case HostSilent():
            return go(visit, AccountEntry(place.number, AccountTrouble.HOST_SILENT))
        case _:
            return stay(visit)


def touch_card(visit: Visit, card: AccountCard, element: str, surroundings: Surroundings) -> Step:
    """Pay, give readings, take another account, or leave."""
    match element:
        case elements.PAY if payable(card, surroundings):
            return go(replace(visit, purpose=Purpose.PAY), AmountChoice())
        case elements.READINGS:
            return open_readings(replace(visit, purpose=Purpose.READINGS), card, surroundings)
        case pages.BACK:
            return go(replace(visit, card=None), AccountEntry())
        case pages.EXIT:
            return leave(surroundings)
        case _:
            return stay(visit)


def _search(visit: Visit, typed: str, surroundings: Surroundings) -> Step:
    if len(typed) < surroundings.account_digits:
        return go(visit, AccountEntry(typed, AccountTrouble.INCOMPLETE))
    number = read_account_number(typed, surroundings.account_digits)
    if isinstance(number, LookupRefusal):
        return go(visit, AccountEntry(typed, _TROUBLES[number]))
    return look_up(visit, number)
