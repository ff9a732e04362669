"""Every sample page in both languages on both panels, drawn to `build/gallery` for people to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.conftest import MakeDriver
from tests.support.page_samples import LANGUAGES, samples

pytestmark = pytest.mark.screen

GALLERY = Path(__file__).resolve().parents[2] / "build" / "gallery"
MIN_COLOURS = 12
"""A panel on which nothing was drawn shows a handful."""


SHEETS = [
    *((panel, "default", language) for panel in ("portrait", "landscape") for language in LANGUAGES),
    ("portrait", "contrast", "ru"),
]


@pytest.mark.parametrize(("panel", "theme", "language"), SHEETS)
def test_every_page_is_drawn(make_driver: MakeDriver, panel: str, theme: str, language: str) -> None:
    driver = make_driver(panel, theme)
    GALLERY.mkdir(parents=True, exist_ok=True)
    for name, page in samples(language).items():
        driver.lay_out(page)
        picture = driver.picture()
        assert picture.size == (driver.settings.width_px, driver.settings.height_px)
        assert len(picture.reduce(4).getcolors(1_000_000) or ()) >= MIN_COLOURS
        suffix = "" if theme == "default" else f"-{theme}"
        picture.save(GALLERY / f"{panel}{suffix}-{name}-{language}.png", compress_level=1)
