"""The judgement of touches, without a window."""

from __future__ import annotations

from dataclasses import replace

from contracts.pages import Page, Touch
from terminal.screens.touch_gate import ANSWER_WAIT_S, DOUBLE_TAP_S, GUARD_S, MAX_WAITING, TouchGate
from tests.support.page_samples import samples

PAGES = samples("ru")
ENTRY = replace(PAGES["account-entry-typed"], number=10)
LATER = GUARD_S + 0.01


def _gate(page: Page = ENTRY) -> TouchGate:
    gate = TouchGate()
    gate.show(page, 0.0)
    return gate


def test_guard_ends_after_its_time() -> None:
    gate = _gate()
    assert not gate.press("next", GUARD_S - 0.01)
    assert gate.press("next", LATER)


def test_what_the_page_does_not_offer_is_refused() -> None:
    gate = _gate()
    for element in ("pay", "key-comma", "extend", "key-10", ""):
        assert not gate.press(element, LATER)


def test_no_button_twice_on_one_page_number() -> None:
    gate = _gate()
    assert gate.press("next", LATER)
    assert gate.due(LATER) == Touch(10, "next")
    assert not gate.press("exit", LATER + 60)
    assert not gate.press("key-1", LATER + 60)


def test_double_tap_is_one_wish_even_over_a_page_of_the_same_kind() -> None:
    gate = _gate()
    assert gate.press("next", LATER)
    assert gate.due(LATER)
    gate.show(replace(ENTRY, number=11), LATER + 0.02)
    assert not gate.press("next", LATER + 0.1)
    assert gate.press("next", LATER + DOUBLE_TAP_S + 0.01)


def test_busy_page_takes_only_the_way_out() -> None:
    gate = _gate(replace(PAGES["account-entry-busy"], number=10))
    assert not gate.press("next", LATER)
    assert not gate.press("back", LATER)
    assert gate.press("exit", LATER)


def test_button_waits_behind_the_digits_typed_before_it() -> None:
    gate = _gate()
    assert gate.press("key-1", LATER)
    assert gate.due(LATER) == Touch(10, "key-1")
    assert gate.press("key-2", LATER)
    assert gate.press("next", LATER)
    assert not gate.press("key-3", LATER), "a digit after the button belongs to the next page"
    assert gate.due(LATER) is None
    gate.show(replace(ENTRY, number=11), LATER)
    assert gate.due(LATER) == Touch(11, "key-2")
    gate.show(replace(ENTRY, number=12), LATER)
    assert gate.due(LATER) == Touch(12, "next")


def test_a_key_that_nobody_answers_holds_the_next_one_only_for_a_moment() -> None:
    gate = _gate()
    gate.press("key-1", LATER)
    gate.press("key-2", LATER)
    assert gate.due(LATER) == Touch(10, "key-1")
    assert gate.due(LATER + ANSWER_WAIT_S - 0.01) is None
    assert gate.due(LATER + ANSWER_WAIT_S) == Touch(10, "key-2")


def test_what_waits_does_not_reach_a_page_of_another_kind() -> None:
    gate = _gate()
    for element in ("key-1", "key-2", "next"):
        gate.press(element, LATER)
    assert gate.due(LATER)
    gate.show(replace(PAGES["amount"], number=11), LATER)
    assert gate.due(LATER + 1) is None


def test_waiting_touches_are_bounded() -> None:
    gate = _gate()
    assert sum(gate.press("key-1", LATER) for _ in range(MAX_WAITING * 2)) == MAX_WAITING


def test_a_service_that_starts_again_counts_from_one() -> None:
    gate = _gate()
    assert gate.press("next", LATER)
    assert gate.due(LATER)
    gate.show(None, LATER)
    assert not gate.press("next", LATER + 1)
    gate.show(replace(ENTRY, number=1), LATER)
    assert gate.press("next", LATER + LATER)
    assert gate.due(LATER + LATER) == Touch(1, "next")
