"""Every page in both languages, with no word of the other one left in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contracts.pages import LANGUAGE, Page
from terminal.visit.context import Surroundings
from terminal.visit.presentation import present
from terminal.visit.state import Purpose, Visit
from tests.support.flow_steps import LANGUAGES, page_texts
from tests.support.visit_places import every_place
from tests.support.visit_samples import (
    BROKEN,
    EXPIRED,
    REMOTE,
    REPLACED,
    TWO_RATE,
    blocked,
    debtor,
    in_advance,
    legal_entity,
    terminal_now,
)

LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
PLACE_LEFT = re.compile(r"[{}]")
DATA = (
    "Невская энергосбытовая компания", "ул. Летняя, 1", "T-0001-000123", "T-0001", "OP-1", "R-1", "Нет.",
    "Электроэнергия", "Отопление", "И****в П. С.", "ул. Л****я, д. 12, кв. **", "ООО «Ромашка»",
)
CARDS = (debtor(TWO_RATE, REMOTE, REPLACED, EXPIRED), in_advance(), blocked(), legal_entity())


def own_words(page: Page) -> list[str]:
    """The page's texts without what is data and without the name of the other language."""
    other = page.button(LANGUAGE)
    texts = [text for text in page_texts(page) if other is None or text != other.label]
    for each in DATA:
        texts = [text.replace(each, "") for text in texts]
    return texts


def every_page(language: str) -> list[Page]:
    world = terminal_now(1_000.0)
    closed_window = _with_date(world, 27)
    return [
        present(Visit(language, place, touched_s, purpose, card), now, LANGUAGES[language], 1)
        for place in every_place() for card in CARDS for purpose in Purpose
        for now in (world, closed_window) for touched_s in (1_000.0, 1_000.0 - 125.0)
    ]


def _with_date(world: Surroundings, day: int) -> Surroundings:
    return replace(world, today=world.today.replace(day=day), out_of_service=BROKEN)


@pytest.fixture(scope="module")
def pages() -> dict[str, list[Page]]:
    return {code: every_page(code) for code in ("ru", "en")}


def test_no_english_is_left_in_russian_pages(pages: dict[str, list[Page]]) -> None:
    left = {text for page in pages["ru"] for text in own_words(page) if LATIN_WORD.search(text)}
    assert left == set()


def test_no_russian_is_left_in_english_pages(pages: dict[str, list[Page]]) -> None:
    left = {text for page in pages["en"] for text in own_words(page) if CYRILLIC.search(text)}
    assert left == set()


def test_every_place_in_a_text_is_filled(pages: dict[str, list[Page]]) -> None:
    left = {
        text
        for each in pages.values()
        for page in each
        for text in page_texts(page)
        if PLACE_LEFT.search(text)
    }
    assert left == set()


def test_both_languages_have_the_same_pages(pages: dict[str, list[Page]]) -> None:
    def shape(page: Page) -> object:
        return (page.kind, [(each.name, each.role, each.enabled) for each in page.buttons], len(page.rows),
                len(page.notices), len(page.figures), page.step)

    assert [shape(page) for page in pages["ru"]] == [shape(page) for page in pages["en"]]


def test_labels_fit_a_button_and_headings_a_line_or_two(pages: dict[str, list[Page]]) -> None:
    for page in (page for each in pages.values() for page in each):
        assert len(page.heading) <= 45, page.heading
        assert all(len(each.label) <= 28 for each in page.buttons), page.buttons
