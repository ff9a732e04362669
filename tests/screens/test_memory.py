"""A kiosk runs for months: page after page must not cost memory."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests.screens.conftest import MakeDriver
from tests.support.page_samples import LANGUAGES, samples

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.timeout(600)]

ROUNDS = 4
GROWTH_MB = 12.0
"""One leaked body of a page costs 1.7 MB; so many page changes would show it many times over."""


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


def _resident_mb() -> float:
    resident_pages = int(Path("/proc/self/statm").read_text().split()[1])
    return resident_pages * os.sysconf("SC_PAGE_SIZE") / 1e6
