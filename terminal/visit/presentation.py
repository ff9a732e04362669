"""The page of a visit at one moment: total over every place, pure.

The caller gives the language of `visit.language` and the number of the page; two presentations that differ in
nothing but the number are the same page and need not be published twice.
"""

from __future__ import annotations

from typing import assert_never

from contracts.pages import Page
from terminal.accounts.account import AccountCard
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
from terminal.visit.language import Language
from terminal.visit.pages import account, amount, cash, outcome, readings, readings_end, start
from terminal.visit.pages.scene import Content, Scene
from terminal.visit.state import Visit


def present(visit: Visit, surroundings: Surroundings, language: Language, number: int) -> Page:
    """What the client sees now."""
    scene = Scene(visit, surroundings, language)
    return scene.page(_content(scene), number)


def _content(scene: Scene) -> Content:
    match scene.visit.destination:
        case Start():
            return start.start(scene)
        case AccountEntry() as place:
            return account.account_entry(scene, place)
        case AccountSearching():
            return account.account_searching(scene)
        case ReadingsSending():
            return readings.readings_sending(scene)
        case CashOpening():
            return cash.cash_opening(scene)
        case InsertCash() as place:
            return cash.insert_cash(scene, place)
        case CashLeaving() as place:
            return cash.cash_leaving(scene, place)
        case CashEnding() as place:
            return cash.cash_ending(scene, place)
        case PaymentNotBegun() as place:
            return outcome.payment_not_begun(scene, place)
        case Outcome() as place:
            return outcome.outcome(scene, place)
        case place:
            if scene.visit.card is None:  # every touch from here on leads to the first page
                return start.start(scene)
            return _with_account(scene, place, scene.visit.card)


def _with_account(scene: Scene, place: AccountPlace, card: AccountCard) -> Content:
    match place:
        case AccountShown():
            return account.account_card(scene, card)
        case ReadingEntry():
            return readings.reading_entry(scene, place, card)
        case ReadingQuestion():
            return readings.reading_question(scene, place)
        case ReadingsCheck():
            return readings.readings_check(scene, place)
        case ReadingsDone():
            return readings_end.readings_done(scene, place, card)
        case ReadingsNotTaken():
            return readings_end.readings_not_taken(scene, place)
        case ReadingsUnavailable():
            return readings_end.readings_unavailable(scene, place, card)
        case AmountChoice():
            return amount.amount_choice(scene, card)
        case AmountTyping():
            return amount.amount_typing(scene, place)
        case Consent():
            return amount.consent(scene, place, card)
        case _:
            assert_never(place)
