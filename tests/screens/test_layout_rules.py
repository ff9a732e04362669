"""Rules of size, distance, place and contrast, checked on every sample page by geometry.

Sources: keys of 20 mm (Colle & Hiszem, Ergonomics 47(13)), capitals of 4.8 mm (ADA 707.7.2), contrast 7:1 and 3:1
(WCAG 2.1, 1.4.6 and 1.4.11), controls in the lower half of a high panel (reach from a wheelchair).
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from fontTools.ttLib import TTFont
from kivy.uix.label import Label

from contracts.pages import Page, PageKind
from terminal.screens import fallback
from terminal.screens.theme import (
    CONTENT,
    MIN_CAPITAL_MM,
    MIN_EDGE_CONTRAST,
    MIN_TEXT_CONTRAST,
    Theme,
    TypeSizes,
    contrast,
    load,
)
from terminal.screens.widgets.pressable import BarButton, ChoiceTile, Key, Pressable, PrimaryButton
from tests.screens.conftest import MakeDriver
from tests.screens.driver import Driver
from tests.support.page_samples import LANGUAGES, samples

pytestmark = pytest.mark.screen

THEMES = ("default", "contrast")
LEAST_MM = {Key: 20.0, BarButton: 20.0, PrimaryButton: 20.0, ChoiceTile: 25.0}
LEAST_GAP_MM = 3.0
ROUNDING_PX = 1.0
TEXT_PAIRS = (
    ("ink", "background"), ("ink", "surface"), ("ink", "soft"), ("ink", "pressed"), ("muted", "background"),
    ("muted", "surface"), ("muted", "pressed"), ("on_brand", "brand"), ("on_brand_muted", "brand"),
    ("on_primary", "primary"), ("on_primary", "primary_pressed"), ("primary", "surface"),
    ("disabled_ink", "disabled_surface"),
)
EDGE_PAIRS = (("outline", "background"), ("outline", "surface"), ("outline", "shade"), ("primary", "background"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", ["portrait", "landscape"])
def test_layout_rules_hold_on_every_page(make_driver: MakeDriver, panel: str, language: str) -> None:
    driver = make_driver(panel)
    faults: list[str] = []
    bars: dict[str, set[tuple[float, float]]] = {"back": set(), "exit": set()}
    for name, page in samples(language).items():
        driver.lay_out(page)
        faults += [f"{name}: {each}" for each in faults_of(driver, page, panel)]
        for element, places in bars.items():
            places.update((each.x, each.y) for key, each in driver.pressables().items() if key == element)
    assert not faults, "\n".join(faults)
    assert len(bars["back"]) == len(bars["exit"]) == 1, "Back and Exit must never move"
    assert next(iter(bars["back"]))[0] < next(iter(bars["exit"]))[0]


def faults_of(driver: Driver, page: Page, panel: str) -> list[str]:
    """Every rule that the page on the glass breaks."""
    found = [*_too_small(driver), *_too_close(driver), *_words_cut(driver), *_off_the_glass(driver),
             *_overlapping(driver), *_unsaid(driver, page)]
    return found + _out_of_reach(driver) if panel == "portrait" else found


def _too_small(driver: Driver) -> list[str]:
    return [
        f"{each.element} is {each.width / driver.mm:.1f} x {each.height / driver.mm:.1f} mm"
        for each in driver.pressables().values()
        if min(each.width, each.height) + ROUNDING_PX < LEAST_MM[type(each)] * driver.mm
    ]


def _too_close(driver: Driver) -> list[str]:
    return [
        f"{one.element} and {other.element} are too close"
        for one, other in itertools.combinations(driver.pressables().values(), 2)
        if _gap(one, other) + ROUNDING_PX < LEAST_GAP_MM * driver.mm
    ]


def _gap(one: Pressable, other: Pressable) -> float:
    return float(max(one.x - other.right, other.x - one.right, one.y - other.top, other.y - one.top))


def _words_cut(driver: Driver) -> list[str]:
    faults = []
    for each in driver.labels():
        capital_mm = each.font_size * _capital_share(each) / driver.mm
        if capital_mm + 0.05 < MIN_CAPITAL_MM:
            faults.append(f"{each.text!r} has capitals of {capital_mm:.1f} mm")
        wide, high = each.texture_size
        if wide > each.width + ROUNDING_PX or high > each.height + ROUNDING_PX:
            faults.append(f"{each.text!r} of {wide}x{high} does not fit {each.width:.0f}x{each.height:.0f}")
        if getattr(each, "cut", False):
            faults.append(f"{each.text!r} is cut at {each.width / driver.mm:.0f}x{each.height / driver.mm:.0f} mm")
    return faults


_capitals: dict[str, float] = {}


def _capital_share(label: Label) -> float:
    if label.font_name not in _capitals:
        font = TTFont(label.font_name)
        _capitals[label.font_name] = font["OS/2"].sCapHeight / font["head"].unitsPerEm
    return _capitals[label.font_name]


def _off_the_glass(driver: Driver) -> list[str]:
    shell = driver.kiosk.shell
    return [
        f"{each.text!r} is not on the glass" for each in driver.labels()
        if each.x < 0 or each.y < 0 or each.right > shell.width or each.top > shell.height
    ]


def _overlapping(driver: Driver) -> list[str]:
    """Texts of the page and what can be touched must not lie over one another."""
    if not driver.kiosk.shell.ids.overlay.absent:
        return []
    labels = driver.labels()
    return [
        f"{one.text!r} lies over {other.text!r}" for one, other in itertools.combinations(labels, 2)
        if _label_gap(one, other) < -2 * ROUNDING_PX
    ]


def _label_gap(one: Label, other: Label) -> float:
    rectangles = [
        (each.center_x - each.texture_size[0] / 2 if each.halign == "center" else each.x, each.center_y -
         each.texture_size[1] / 2 if each.valign == "middle" else each.y, *each.texture_size)
        for each in (one, other)
    ]
    (x1, y1, w1, h1), (x2, y2, w2, h2) = rectangles
    return float(max(x1 - x2 - w2, x2 - x1 - w1, y1 - y2 - h2, y2 - y1 - h1))


def _unsaid(driver: Driver, page: Page) -> list[str]:
    """Everything that the page says must be on the glass, whichever kind it is."""
    on_glass = {each.text for each in driver.labels()}
    said = [page.heading, page.lead, page.step_text, page.footer, *(each.text for each in page.notices)]
    said += [text for row in page.rows for text in (row.label, row.value)]
    said += [text for figure in page.figures for text in (figure.label, figure.value)]
    said += [text for button in page.buttons for text in (button.label, button.detail)]
    if page.field:
        said += [page.field.label, page.field.value, page.field.unit, page.field.error or page.field.hint]
    return [f"{text!r} is not shown" for text in said if text and text not in on_glass]


def _out_of_reach(driver: Driver) -> list[str]:
    half = driver.kiosk.shell.height / 2
    return [f"{each.element} reaches above the middle" for each in driver.pressables().values() if each.top > half]


@pytest.mark.parametrize("count", [15, 22, 40])
@pytest.mark.parametrize("panel", ["portrait", "landscape"])
def test_rows_that_do_not_fit_are_counted_and_the_strong_one_stays(
    make_driver: MakeDriver, panel: str, count: int
) -> None:
    driver = make_driver(panel)
    card = samples("ru")["account-card-many"]
    fitting, strong = card.rows[:-1], card.rows[-1]
    page = replace(card, rows=tuple(replace(fitting[at % len(fitting)], label=f"Строка {at}") for at in range(count)))
    page = replace(page, rows=(*page.rows[:12], strong, *page.rows[12:]))
    driver.lay_out(page)
    faults = [each for each in faults_of(driver, page, panel) if "is not shown" not in each]
    assert not faults, "\n".join(faults)
    texts = [each.text for each in driver.labels()]
    assert strong.label in texts
    shown = sum(row.label in texts for row in page.rows)
    left_out = len(page.rows) - shown
    assert (f"+{left_out}" in texts) == (left_out > 0)
    assert left_out > 0 or count < 40


@pytest.mark.parametrize("name", THEMES)
def test_theme_contrast(name: str) -> None:
    theme = load(name)
    colours = theme.colours
    faint = [
        f"{one} on {other}: {contrast(getattr(colours, one), getattr(colours, other)):.1f}"
        for pairs, least in ((TEXT_PAIRS, MIN_TEXT_CONTRAST), (EDGE_PAIRS, MIN_EDGE_CONTRAST))
        for one, other in pairs if contrast(getattr(colours, one), getattr(colours, other)) < least
    ]
    faint += [f"tone {tone}" for tone, pair in theme.tones.items() if contrast(pair.ink, pair.face) < MIN_TEXT_CONTRAST]
    error = theme.tones["error"].ink
    assert contrast(error, colours.background) >= MIN_TEXT_CONTRAST
    assert not faint, faint


def test_contrast_is_computed_as_the_norm_says() -> None:
    assert contrast((1, 1, 1, 1), (0, 0, 0, 1)) == pytest.approx(21)
    assert contrast((1, 1, 1, 1), (1, 1, 1, 1)) == pytest.approx(1)


@pytest.mark.parametrize("name", THEMES)
def test_every_letter_is_in_the_fonts(name: str) -> None:
    theme = load(name)
    letters = {letter for language in LANGUAGES for page in samples(language).values() for letter in repr(page)}
    letters |= set(fallback.ONE_MOMENT.lead + fallback.OUT_OF_SERVICE.lead + "".join(theme.company.values()))
    letters -= {"\n"}
    for font in _fonts(theme):
        drawn = TTFont(font).getBestCmap()
        missing = {letter for letter in letters if ord(letter) not in drawn}
        assert not missing, (font, missing)


def test_smallest_type_is_large_enough() -> None:
    font = TTFont(load("default").text_font)
    share = font["OS/2"].sCapHeight / font["head"].unitsPerEm
    assert TypeSizes().small * share >= MIN_CAPITAL_MM


def test_every_tone_has_an_icon_and_every_drawing_its_source() -> None:
    drawn = {path.stem for path in (CONTENT / "icons").glob("*.png")}
    assert {f"tone-{tone}" for tone in ("info", "success", "warning", "error")} <= drawn
    for picture in CONTENT.glob("i*/*.png"):
        assert picture.with_suffix(".svg").is_file(), picture


def _fonts(theme: Theme) -> set[str]:
    return {theme.text_font, theme.strong_font, theme.figures_font}


def test_samples_cover_every_kind() -> None:
    assert {page.kind for page in samples("ru").values()} == set(PageKind)
