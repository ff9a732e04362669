"""After a visit the kiosk keeps nothing of it and gives memory back, once; what it keeps for good is no longer looked
through."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from kivy.clock import Clock

from contracts.life_signs import PERIOD_S
from contracts.pages import PageKind
from terminal.screens import memory
from terminal.screens.widgets.words import SharpLabel
from tests.screens.conftest import MakeDriver
from tests.support.page_samples import samples

pytestmark = pytest.mark.screen
PAGES = samples("ru")


def test_memory_is_given_back_once_after_each_visit(make_driver: MakeDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = make_driver("portrait")
    Clock.unschedule(driver.kiosk._each_second)
    given: list[str] = []
    monkeypatch.setattr(memory, "give_back", lambda: given.append(driver.kiosk.session.page.kind))
    for name in ("start", "account-card"):
        driver.show(PAGES[name])
        driver.kiosk._each_second(PERIOD_S)
    assert not given, "nobody waits while a visit is on, and there is nothing to give before one"
    driver.show(PAGES["start"])
    driver.kiosk._each_second(PERIOD_S)
    assert not given, "frames of the visit may still be held"
    for _ in range(3):
        driver.kiosk._each_second(PERIOD_S)
    assert given == ["start"]


def test_a_visit_that_begins_at_once_is_not_interrupted(
        make_driver: MakeDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = make_driver("portrait")
    Clock.unschedule(driver.kiosk._each_second)
    given: list[str] = []
    monkeypatch.setattr(memory, "give_back", lambda: given.append(driver.kiosk.session.page.kind))
    for name in ("account-card", "start", "account-card", "start"):
        driver.show(PAGES[name])
        driver.kiosk._each_second(PERIOD_S)
    assert not given


def test_neither_words_nor_their_picture_outlive_a_page(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    for name in ("account-card", "start"):
        driver.show(PAGES[name])
    left = [each for each in driver.kiosk.shell.body_of(PageKind.ACCOUNT_CARD).walk() if isinstance(each, SharpLabel)]
    shown = driver.labels()
    assert left
    assert shown
    assert not [each for each in left if each.texture or each._label.texture or each._label._cached_lines]
    assert not [each for each in left + shown if getattr(each._label, "_surface", None)]


def test_drawings_are_looked_for_once(make_driver: MakeDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = make_driver("portrait")
    pages = [PAGES[name] for name in ("start", "account-card", "amount", "start")]
    for kind in PageKind:
        driver.kiosk.shell.body_of(kind)
    for page in pages:
        driver.show(page)
    asked: list[Path] = []
    monkeypatch.setattr(Path, "is_file", lambda path: asked.append(path) or True)
    for page in pages:
        driver.show(page)
    assert not asked


def test_what_is_kept_is_not_looked_through() -> None:
    memory.keep_what_there_is()
    try:
        assert gc.get_freeze_count() > 0
        assert len(gc.get_objects()) < gc.get_freeze_count()
    finally:
        gc.unfreeze()
