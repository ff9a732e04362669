"""The layout rules on the pages that a visit really brings, and that a page never depends on the one before it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from contracts.pages import Page
from terminal.content.languages import load_languages
from terminal.visit.presentation import present
from terminal.visit.state import Purpose, Visit
from tests.screens.conftest import MakeDriver
from tests.screens.driver import Driver
from tests.screens.test_layout_rules import faults_of
from tests.support.page_samples import LANGUAGES, samples
from tests.support.visit_places import every_place
from tests.support.visit_samples import THREE_RATE, TWO_RATE, debtor, terminal_now

pytestmark = pytest.mark.screen

ROUNDING_PX = 4.0


def visit_pages(language: str) -> list[tuple[str, Page]]:
    words = load_languages()[language]
    surroundings = terminal_now()
    pages = []
    for number, place in enumerate(every_place(), 1):
        visit = Visit(language, place, 0.0, Purpose.PAY, debtor(TWO_RATE, THREE_RATE))
        pages.append((f"{type(place).__name__} {number}", present(visit, surroundings, words, number)))
    return pages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", ["portrait", "landscape"])
def test_layout_rules_hold_on_the_pages_of_a_visit(make_driver: MakeDriver, panel: str, language: str) -> None:
    driver = make_driver(panel)
    faults: list[str] = []
    for name, page in visit_pages(language):
        driver.lay_out(page)
        faults += [f"{name} ({page.kind}): {each}" for each in faults_of(driver, page, panel)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("panel", ["portrait", "landscape"])
def test_a_page_does_not_depend_on_the_page_before(make_driver: MakeDriver, panel: str) -> None:
    """Widgets are kept from page to page: nothing of the old page may stay in the place of the new."""
    driver = make_driver(panel)
    by_kind: dict[str, list[Page]] = {}
    for page in samples("ru").values():
        by_kind.setdefault(page.kind, []).append(page)
    start = by_kind["start"][0]
    bare = replace(start, number=900, buttons=tuple(replace(each, detail="") for each in start.buttons))
    by_kind["start"].append(bare)
    for pages in by_kind.values():
        for before, page in permutations(pages, 2):
            driver.lay_out(page)
            wanted = places(driver)
            driver.lay_out(before)
            driver.lay_out(page)
            assert moved(wanted, places(driver)) == [], (page.kind, page.number)


def places(driver: Driver) -> list[tuple[str, float, float]]:
    return sorted((each.text, each.center_x, each.center_y) for each in driver.labels())


def moved(wanted: list[tuple[str, float, float]], found: list[tuple[str, float, float]]) -> list[str]:
    """Texts that stand elsewhere, beyond the rounding of centred words."""
    assert [text for text, *_ in found] == [text for text, *_ in wanted]
    return [
        f"{text!r} stands at {x:.0f}, {y:.0f} and not at {wx:.0f}, {wy:.0f}"
        for (text, x, y), (_, wx, wy) in zip(found, wanted, strict=True)
        if abs(x - wx) > ROUNDING_PX or abs(y - wy) > ROUNDING_PX
    ]
