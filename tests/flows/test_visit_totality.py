"""The visit has an answer to everything: random walks, and every place crossed with every event."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.money import Money
from contracts.pages import EXIT, EXTEND, KEY_CLEAR, KEY_ERASE, KEYPAD_DIGITS, LANGUAGE, PageKind, accepts
from terminal.accounts.account import LookupRefusal
from terminal.visit.context import Offer, Surroundings
from terminal.visit.destinations import (
    AccountPlace,
    CashEnding,
    CashLeaving,
    CashOpening,
    Destination,
    InsertCash,
    Start,
)
from terminal.visit.effects import EndTender, Forget
from terminal.visit.elements import NEXT
from terminal.visit.events import (
    AccountFound,
    AccountRefused,
    HostSilent,
    PaymentEnded,
    PaymentRefused,
    ReadingsRecorded,
    ReadingsRefused,
    Tick,
    Touched,
    VisitEvent,
)
from terminal.visit.navigation import advance
from terminal.visit.presentation import present
from terminal.visit.state import Visit, begin
from tests.support.flow_steps import LANGUAGES, page_text
from tests.support.visit_places import every_end, every_place, every_progress
from tests.support.visit_samples import (
    BROKEN,
    NO_CASH,
    NO_HOST,
    NUMBER,
    TWO_RATE,
    blocked,
    closed,
    debtor,
    in_advance,
    legal_entity,
    terminal_now,
)

WORLD: tuple[VisitEvent, ...] = (
    Tick(),
    HostSilent(),
    ReadingsRecorded(""),
    ReadingsRecorded("R-1"),
    ReadingsRefused("Нет."),
    PaymentRefused(""),
    PaymentRefused(NO_CASH),
    *(
        AccountFound(each)
        for each in (debtor(), debtor(TWO_RATE), in_advance(), blocked(), closed(), legal_entity())
    ),
    *(AccountRefused(each) for each in LookupRefusal),
    *every_progress(),
    *every_end(),
)
ELEMENTS = (
    *KEYPAD_DIGITS, KEY_ERASE, KEY_CLEAR, LANGUAGE, EXTEND, EXIT, "no-such-button", "amount-", "amount-x", "",
)
PLACES = every_place()
KINDS = tuple(dict.fromkeys(type(each) for each in PLACES))
MONEY_PLACES = (CashOpening, InsertCash, CashLeaving, CashEnding)


def surroundings() -> st.SearchStrategy[Surroundings]:
    offers = st.sampled_from((Offer(True), Offer(False, NO_CASH), Offer(False, NO_HOST), Offer(False)))
    return st.builds(
        lambda cash, readings, lookup, out, days, notes, languages: replace(
            terminal_now(1_000.0), cash=cash, readings=readings, lookup=lookup, out_of_service=out,
            today=terminal_now().today + timedelta(days=days), note_values=notes, languages=languages),
        offers, offers, offers, st.sampled_from(("", BROKEN)), st.integers(0, 400),
        st.sampled_from(((), (Money.rubles(100), Money.rubles(5_000)))),
        st.sampled_from((("ru", "en"), ("ru",), ("en", "ru"))),
    )


def check_page(visit: Visit, world: Surroundings) -> None:
    """What holds for every page of every place."""
    page = present(visit, world, LANGUAGES[visit.language], 7)
    assert (page.number, page.language) == (7, visit.language)
    assert page.heading
    assert page.footer
    names = [each.name for each in page.buttons]
    assert len(set(names)) == len(names)
    assert all(each.label for each in page.buttons)
    assert page.busy or page.kind in (PageKind.START, PageKind.OUT_OF_SERVICE) or any(
        each.enabled and each.name not in (LANGUAGE, EXTEND) for each in page.buttons)
    assert sum(figure.strong for figure in page.figures) <= 1
    assert (page.warning is not None) == (page.button(EXTEND) is not None)
    for element in (each.name for each in page.buttons if each.enabled and each.name != EXTEND):
        assert accepts(page, element)
        moved, effects = advance(visit, Touched(element), world)
        changed = replace(moved, touched_s=visit.touched_s) != visit
        assert changed or effects or element == NEXT, f"{element} on {page.kind} does nothing"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_place_answers_every_event_with_a_whole_page(kind: type, language: str) -> None:
    world = terminal_now(1_000.0)
    for place in (each for each in PLACES if type(each) is kind):
        visit = Visit(language, place, 1_000.0, card=debtor(TWO_RATE))
        check_page(visit, world)
        for event in (*WORLD, *(Touched(each) for each in ELEMENTS)):
            moved, effects = advance(visit, event, world)
            if effects == (Forget(),):
                assert moved == begin(world)
            present(moved, world, LANGUAGES[moved.language], 1)


def test_the_list_of_places_is_whole() -> None:
    assert set(KINDS) == set(get_args(Destination))


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_without_its_account_leads_to_the_first_page(kind: type) -> None:
    """No walk gets there; a fault that did would end the visit, not the service."""
    world = terminal_now(1_000.0)
    place = next(each for each in PLACES if type(each) is kind)
    visit = Visit("ru", place, 1_000.0)
    present(visit, world, LANGUAGES["ru"], 1)
    moved, _ = advance(visit, Touched(NEXT), world)
    if isinstance(place, get_args(AccountPlace)):
        assert moved == begin(world)


EVENTS = st.one_of(
    st.sampled_from(WORLD), st.sampled_from(ELEMENTS).map(Touched), st.integers(0, 30),
    st.floats(0.0, 400.0), surroundings(),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PLACES), st.lists(EVENTS, max_size=60))
def test_no_walk_breaks_or_leaves_money_behind(
    place: Destination, events: list[VisitEvent | int | float | Surroundings],
) -> None:
    """An integer touches that button of the page, a float lets so many seconds pass."""
    world = terminal_now(1_000.0)
    visit = Visit("ru", place, 1_000.0, card=None if isinstance(place, Start) else debtor(TWO_RATE))
    for event in events:
        if isinstance(event, Surroundings):
            world = replace(event, now_s=world.now_s)
            continue
        if isinstance(event, float):
            world, event = replace(world, now_s=world.now_s + event), Tick()
        if isinstance(event, int):
            buttons = present(visit, world, LANGUAGES[visit.language], 1).buttons
            event = Touched(buttons[event % len(buttons)].name) if buttons else Tick()
        before = visit
        visit, effects = advance(visit, event, world)
        _money_stays(before, visit, event, effects)
        if isinstance(visit.destination, Start):
            assert visit.card is None
        check_page(visit, world)


def _money_stays(before: Visit, after: Visit, event: VisitEvent, effects: tuple[object, ...]) -> None:
    """A visit leaves the places of money only by the word of the service, and ends the tender by asking."""
    if not isinstance(before.destination, MONEY_PLACES) or isinstance(event, PaymentEnded | PaymentRefused):
        return
    if isinstance(event, HostSilent) and isinstance(before.destination, CashOpening):
        return
    assert isinstance(after.destination, MONEY_PLACES)
    began_to_end = isinstance(after.destination, CashEnding) and not isinstance(
        before.destination, CashEnding
    )
    assert effects == ((EndTender(),) if began_to_end else ())


def test_the_first_page_holds_nothing_of_a_client() -> None:
    world = terminal_now(1_000.0)
    for place in PLACES:
        visit = Visit("ru", place, 1_000.0, card=debtor())
        if EXIT in (each.name for each in present(visit, world, LANGUAGES["ru"], 1).buttons):
            gone, _ = advance(visit, Touched(EXIT), world)
            if isinstance(place, MONEY_PLACES):
                gone, _ = advance(gone, PaymentRefused(""), world)
            page = present(gone, world, LANGUAGES["ru"], 1)
            assert page.kind is PageKind.START
            for secret in (NUMBER, NUMBER[-4:], "И****в", "Л****я", "1 234,56"):
                assert secret not in page_text(page)
