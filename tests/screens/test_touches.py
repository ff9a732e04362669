"""Fingers on the glass, through the real window, gate and socket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kivy.base import EventLoop

from contracts.envelope import Hello, Shown
from contracts.pages import PageKind
from terminal.screens import fallback
from tests.screens.conftest import MakeDriver
from tests.support.page_samples import samples

pytestmark = pytest.mark.screen

PAGES = samples("ru")
ENTRY = PAGES["account-entry-typed"]


def test_says_hello_and_reports_what_is_on_the_glass(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    assert driver.service.received[0] == Hello("kiosk")
    assert driver.service.received[-1] == Shown(driver.number)


def test_a_page_is_not_reported_before_its_frame(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    drawn = driver.kiosk.frames
    driver.show(replace(ENTRY, heading="Другой вопрос"))
    assert driver.kiosk.frames > drawn


def test_release_inside_counts_and_sliding_off_takes_it_back(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    finger = driver.down("next")
    assert driver.pressables()["next"].pressed
    assert not driver.touches()
    finger.move({"x": 2, "y": 2})
    EventLoop.post_dispatch_input("update", finger)
    assert not driver.pressables()["next"].pressed
    driver.up(finger)
    assert not driver.touches()
    driver.tap("next")
    assert [each.element for each in driver.touches()] == ["next"]


def test_double_tap_sends_one(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    for _ in range(3):
        driver.tap("next")
    assert [each.element for each in driver.touches()] == ["next"]


def test_a_second_finger_presses_nothing(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    first, second = driver.down("next"), driver.down("exit")
    driver.up(second)
    driver.up(first)
    assert [each.element for each in driver.touches()] == ["next"]


def test_touch_right_after_another_kind_of_page_is_ignored(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    driver.service.publish(replace(PAGES["account-card"], number=driver.number + 1))
    driver.wait(lambda: Shown(driver.number + 1) in driver.service.received)
    driver.tap("pay")
    assert not driver.touches()
    driver.time += 0.31
    driver.tap("pay")
    assert [each.element for each in driver.touches()] == ["pay"]


def test_finger_that_was_down_when_the_page_left_presses_nothing(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    finger = driver.down("exit")
    driver.show(PAGES["account-card"])
    driver.up(finger)
    assert not driver.touches()


def test_quick_digits_are_all_sent_with_the_newest_number(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    first = driver.number
    for digit in "1234":
        driver.tap(f"key-{digit}")
    for expected in range(1, 5):
        driver.wait(lambda count=expected: len(driver.touches()) == count)
        driver.service.publish(replace(ENTRY, number=first + expected))
    sent = driver.touches()
    assert [each.element for each in sent] == ["key-1", "key-2", "key-3", "key-4"]
    assert [each.page for each in sent] == [first, first + 1, first + 2, first + 3]


def test_warning_leaves_only_continue_and_the_bottom_bar(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(PAGES["account-entry-timeout"])
    assert set(driver.pressables()) == {"extend", "back", "exit", "language"}
    driver.tap("extend")
    assert [each.element for each in driver.touches()] == ["extend"]


def test_something_is_seen_to_happen_at_once_after_a_touch(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    assert not driver.kiosk.shell.ids.busy_strip.working
    driver.tap("next")
    assert driver.kiosk.shell.ids.busy_strip.working
    driver.show(PAGES["account-card"])
    assert not driver.kiosk.shell.ids.busy_strip.working


def test_own_pages_while_the_service_is_away_and_back_again(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(ENTRY)
    driver.service.close()
    driver.wait(lambda: driver.kiosk.session.page is fallback.ONE_MOMENT)
    driver.time += fallback.OUT_OF_SERVICE_AFTER_S
    driver.wait(lambda: driver.kiosk.session.page is fallback.OUT_OF_SERVICE)
    driver.restart_service()
    driver.time += 0.31
    driver.wait(lambda: driver.service.has_kiosk)
    driver.number = 0
    driver.show(ENTRY)
    driver.tap("next")
    assert [each.element for each in driver.touches()] == ["next"]


def test_a_page_that_left_keeps_nothing_of_the_client(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    for page in (*PAGES.values(), PAGES["start"]):
        driver.lay_out(page)
    shell = driver.kiosk.shell
    for kind in PageKind:
        if kind is PageKind.START:
            continue
        texts = [each.text for each in shell.body_of(kind).walk(restrict=True) if getattr(each, "text", "")]
        assert not [text for text in texts if text not in {*"0123456789", ","}], (kind, texts)


def test_same_kind_again_keeps_its_widgets(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    driver.show(PAGES["insert-cash-empty"])
    before = list(driver.widgets())
    driver.show(replace(PAGES["insert-cash"], buttons=PAGES["insert-cash-empty"].buttons))
    assert list(driver.widgets()) == before
