"""After a visit the kiosk gives memory back, once; what it keeps for good is no longer looked through."""

from __future__ import annotations

import gc

import pytest

from contracts.life_signs import PERIOD_S
from terminal.screens import memory
from tests.screens.conftest import MakeDriver
from tests.support.page_samples import samples

pytestmark = pytest.mark.screen
PAGES = samples("ru")


def test_memory_is_given_back_once_after_each_visit(make_driver: MakeDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = make_driver("portrait")
    given: list[str] = []
    monkeypatch.setattr(memory, "give_back", lambda: given.append(driver.kiosk.session.page.kind))
    for name in ("start", "account-card"):
        driver.show(PAGES[name])
        driver.kiosk._each_second(PERIOD_S)
    assert not given, "nobody waits while a visit is on, and there is nothing to give before one"
    driver.show(PAGES["start"])
    for _ in range(2):
        driver.kiosk._each_second(PERIOD_S)
    assert given == ["start"]


def test_what_is_kept_is_not_looked_through() -> None:
    memory.keep_what_there_is()
    try:
        assert gc.get_freeze_count() > 0
        assert len(gc.get_objects()) < gc.get_freeze_count()
    finally:
        gc.unfreeze()
