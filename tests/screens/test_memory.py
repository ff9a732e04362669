"""A kiosk runs for months: page after page must not cost memory."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest

from tests.screens.conftest import MakeDriver
from tests.support.page_samples import LANGUAGES, samples

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.timeout(600)]

ROUNDS = 4
GROWTH_MB = 12.0
"""One leaked body of a page costs 1.7 MB; so many page changes would show it many times over."""

VISIT = ("account-card", "reading-entry", "amount", "start")
VISITS_BEFORE = 20
"""Growth falls off over the first of them."""
VISITS = 20
BLOCKS_A_VISIT = 12
"""Of Python's memory, some 64 bytes each. Seven are usual after so few visits, and less than one after a hundred."""


def test_page_after_page_costs_no_memory(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    pages = [page for language in LANGUAGES for page in samples(language).values()]
    taken: list[float] = []
    for _ in range(ROUNDS):
        for page in pages:
            driver.lay_out(page)
            driver.frames(1)
            driver.service.received.clear()
        gc.collect()
        taken.append(_resident_mb())
    assert taken[-1] - taken[1] < GROWTH_MB, taken


def test_visit_after_visit_leaves_no_objects(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait")
    pages = samples("ru")
    taken: list[int] = []
    for _ in range(VISITS_BEFORE + VISITS):
        for name in VISIT:
            driver.show(pages[name])
        driver.service.received.clear()
        gc.collect()
        taken.append(sys.getallocatedblocks())
    assert taken[-1] - taken[-1 - VISITS] < BLOCKS_A_VISIT * VISITS, taken


def _resident_mb() -> float:
    resident_pages = int(Path("/proc/self/statm").read_text().split()[1])
    return resident_pages * os.sysconf("SC_PAGE_SIZE") / 1e6
