"""A frame of which only a part was painted must look like one that was painted whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import ImageChops

from contracts.pages import Page
from terminal.screens.areas import Area, apart
from tests.screens.conftest import MakeDriver
from tests.screens.driver import Driver
from tests.support.page_samples import samples

pytestmark = pytest.mark.screen

PAGES = samples("ru")
ENTRY = PAGES["account-entry-typed"]


def faults(driver: Driver, name: str) -> list[str]:
    """Where the glass differs from what it should show."""
    painted = driver.picture()
    driver.kiosk.redrawing.paint_whole()
    box = ImageChops.difference(painted, driver.picture()).getbbox()
    return [f"{name}: {box}"] if box else []


def test_areas_that_touch_are_painted_once_and_far_ones_apart() -> None:
    key, beside, far = Area(0, 0, 10, 10), Area(5, 5, 20, 20), Area(500, 500, 510, 510)
    assert apart([key, far, beside]) == [far, Area(0, 0, 20, 20)]
    assert apart([key, Area(11, 0, 20, 10)]) == [Area(0, 0, 20, 10)], "one walk for neighbours"
    assert apart([Area(), Area(4, 4, 4, 9)]) == []
    assert len(apart(Area(at, at, at + 1, at + 1) for at in range(0, 4000, 100))) == 1


@pytest.mark.parametrize("panel", ["portrait", "landscape"])
def test_page_after_page_looks_as_if_painted_whole(make_driver: MakeDriver, panel: str) -> None:
    driver = make_driver(panel)
    found: list[str] = []
    for name, page in PAGES.items():
        driver.lay_out(page)
        found += faults(driver, name)
    assert not found


def changed_in_place() -> dict[str, Page]:
    assert ENTRY.field is not None
    cash = PAGES["insert-cash"]
    return {
        "one digit less": replace(ENTRY, field=replace(ENTRY.field, value="447 105 9")),
        "nothing typed": replace(ENTRY, field=replace(ENTRY.field, value="")),
        "no footer": replace(ENTRY, footer=""),
        "warning": PAGES["account-entry-timeout"],
        "no warning": ENTRY,
        "busy": PAGES["account-entry-busy"],
        "another kind": cash,
        "more notices": replace(cash, notices=PAGES["insert-cash-returned"].notices),
        "fewer figures": replace(cash, figures=cash.figures[:2]),
    }


def test_what_changes_in_place_leaves_nothing_of_what_was_there(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.lay_out(ENTRY)
    driver.picture()
    found: list[str] = []
    for name, page in changed_in_place().items():
        driver.lay_out(page)
        found += faults(driver, name)
    assert not found


def test_a_pressed_key_is_painted_and_let_go(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    at_rest = driver.picture()
    finger = driver.down("key-5")
    pressed = driver.picture()
    key = driver.pressables()["key-5"]
    changed = ImageChops.difference(at_rest, pressed).getbbox()
    assert changed is not None
    assert changed[2] - changed[0] <= key.width + 2 * driver.mm
    assert not faults(driver, "pressed")
    driver.up(finger)
    assert ImageChops.difference(at_rest, driver.picture()).getbbox() is None
