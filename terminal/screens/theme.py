"""The corporate look as data: colours, fonts, logo and the sizes of type. Changed in files, without code.

A theme is a folder of `terminal/content/themes` with `theme.toml` and the pictures it names. Sizes of type are in
millimetres of the glass, so a panel of another density shows the same letters.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).resolve().parent.parent / "content"
MIN_CAPITAL_MM = 4.8
"""Smallest capital letter on the glass (ADA 707.7.2: 3/16 inch)."""
MIN_TEXT_CONTRAST = 7.0
"""WCAG 2.1, success criterion 1.4.6."""
MIN_EDGE_CONTRAST = 3.0
"""WCAG 2.1, success criterion 1.4.11: edges of what can be touched."""

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
Colour = tuple[float, float, float, float]
"""Red, green, blue and opacity, each 0 to 1."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What each colour is for is said beside its value in the theme file."""

    background: Colour
    surface: Colour
    shade: Colour
    hairline: Colour
    outline: Colour
    ink: Colour
    muted: Colour
    brand: Colour
    on_brand: Colour
    on_brand_muted: Colour
    primary: Colour
    primary_pressed: Colour
    on_primary: Colour
    soft: Colour
    pressed: Colour
    accent: Colour
    disabled_surface: Colour
    disabled_ink: Colour
    scrim: Colour


@dataclass(frozen=True, slots=True)
class TypeSizes:
    """Sizes of type (em) in millimetres. Inter's capitals are 0.727 em high, so 6.8 mm give 4.9 mm."""

    small: float = 6.8
    body: float = 7.4
    lead: float = 8.0
    button: float = 8.8
    heading: float = 12.8
    entry: float = 17.0
    key: float = 13.0
    figure: float = 11.0
    great_figure: float = 27.0


@dataclass(frozen=True, slots=True)
class ToneColours:
    ink: Colour
    face: Colour


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything that a page takes from the company rather than from the service."""

    name: str
    company: dict[str, str]
    """The company's name by language."""
    text_font: str
    strong_font: str
    figures_font: str
    logo: str
    illustrated: bool
    colours: Colours
    tones: dict[str, ToneColours]
    sizes: TypeSizes


class ThemeError(ValueError):
    """A theme file lacks something or says it wrongly; the text names the theme and the place."""


def load(name: str) -> Theme:
    """Read a theme by the name of its folder. Raises `ThemeError`."""
    folder = CONTENT / "themes" / name
    try:
        with (folder / "theme.toml").open("rb") as file:
            body = tomllib.load(file)
        return _theme(name, folder, body)
    except (OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ThemeError(f"theme {name!r}: {error!r}") from error


def _theme(name: str, folder: Path, body: dict[str, Any]) -> Theme:
    fonts = {use: str(CONTENT / "fonts" / file) for use, file in body["fonts"].items()}
    return Theme(
        name=name,
        company=dict(body["company"]),
        text_font=fonts["text"],
        strong_font=fonts["strong"],
        figures_font=fonts["figures"],
        logo=str(folder / body["pictures"]["logo"]),
        illustrated=bool(body["pictures"]["illustrations"]),
        colours=Colours(**{each.name: parse_colour(body["colours"][each.name]) for each in fields(Colours)}),
        tones={
            tone: ToneColours(parse_colour(pair["ink"]), parse_colour(pair["face"]))
            for tone, pair in body["tones"].items()
        },
        sizes=TypeSizes(),
    )


def parse_colour(text: str) -> Colour:
    """Read `#rrggbb`. Raises `ValueError` for any other form."""
    if _COLOUR.fullmatch(text) is None:
        raise ValueError(f"not a colour: {text!r}")
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, 1.0


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two opaque colours, 1 to 21 (WCAG 2.1, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
