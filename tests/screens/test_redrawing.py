"""A frame of which only a part was painted must look like one that was painted whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kivy.clock import Clock
from kivy.core.window import Window
from PIL import ImageChops

from contracts.pages import Page
from terminal.screens.areas import Area, apart
from terminal.screens.pages.wait import Dots
from terminal.screens.widgets.timeout_overlay import TimeoutOverlay
from tests.screens.conftest import MakeDriver
from tests.screens.driver import Driver
from tests.support.page_samples import samples

pytestmark = pytest.mark.screen

PAGES = samples("ru")
ENTRY = PAGES["account-entry-typed"]
ROUNDING = 3
"""Of 255: how far two ways to compute a blended colour may lie apart."""
FAR_APART = [255 if difference > ROUNDING else 0 for difference in range(256)] * 3


@pytest.fixture(autouse=True)
def nothing_moves_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are taken one after the other, and must show the same moment."""

    def _count_down(_overlay: TimeoutOverlay, _passed: float) -> None: ...  # Kivy finds what it calls by these names
    def _beat(_dots: Dots, _passed: float) -> None: ...

    monkeypatch.setattr(TimeoutOverlay, "_count_down", _count_down)
    monkeypatch.setattr(Dots, "_beat", _beat)


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


@pytest.mark.parametrize("panel", ["portrait", "landscape"])
def test_pages_look_the_same_on_the_sheet_and_in_the_window(make_driver: MakeDriver, panel: str) -> None:
    """The renderer takes another way through both; on neither may anything be left out."""
    driver = make_driver(panel)
    different: list[str] = []
    for name, page in PAGES.items():
        driver.lay_out(page)
        sheet = driver.picture()
        assert driver.kiosk.redrawing.on_a_sheet
        copy, driver.kiosk.redrawing.copy = driver.kiosk.redrawing.copy, None
        driver.kiosk.redrawing.paint_whole()
        window = driver.picture()
        driver.kiosk.redrawing.copy = copy
        driver.kiosk.redrawing.paint_whole()
        if box := ImageChops.difference(sheet, window).point(FAR_APART).getbbox():
            different.append(f"{name}: {box}")
    assert not different


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


def test_a_panel_on_which_nothing_happens_is_not_drawn(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    for each in (driver.down("key-5"), driver.down("key-6")):
        driver.frames(1)
        driver.up(each)
        driver.frames(1)
    Window.canvas.ask_update()
    driver.frames(1)
    drawn = driver.kiosk.frames
    Clock.unschedule(driver.kiosk._each_second)
    driver.frames(6)
    assert driver.kiosk.frames == drawn
