"""The paper as a picture, dot by dot: 80 mm wide, 576 dots at 8 dots to the millimetre, cut where the knife cut.

Letters are 2 mm high with half a millimetre between lines, QR codes 20 mm or more, as the order on receipts wants.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from simulator.fiscal_register.tape import WIDTH, Cut, QrCode, Strip, Style, TextLine, Torn

DOTS = 576
DOTS_PER_MM = 8
CELL_DOTS = 13
LINE_DOTS = 26
FONT_DOTS = 23
"""The height of capitals is 0.7 of it: 16 dots, 2 mm."""
MARGIN_DOTS = 24
LEAST_QR_DOTS = 20 * DOTS_PER_MM
QUIET_MODULES = 4
TOOTH_DOTS = 8
DASH_DOTS = 6
GAP_DOTS = 40
MAX_SLIPS = 8
"""Slips on one picture, the newest last."""

_PAPER = (253, 252, 248)
_INK = (36, 34, 40)
_TABLE = (206, 208, 212)
_SHADOW = (176, 178, 184)
_FONTS = Path(__file__).parent / "fonts"


def picture(strips: Sequence[Strip], slips: int = MAX_SLIPS) -> bytes:
    """The last slips as a PNG, one under another."""
    papers = [_paper(slip) for slip in _cut_apart(strips)[-slips:]] or [_paper([TextLine("")])]
    width = DOTS + 2 * GAP_DOTS
    height = sum(paper.height + GAP_DOTS for paper in papers) + GAP_DOTS
    table = Image.new("RGB", (width, height), _TABLE)
    top = GAP_DOTS
    for paper in papers:
        _lay(table, paper, top)
        top += paper.height + GAP_DOTS
    file = io.BytesIO()
    table.save(file, "PNG", dpi=(DOTS_PER_MM * 25.4, DOTS_PER_MM * 25.4))
    return file.getvalue()


def _cut_apart(strips: Sequence[Strip]) -> list[list[Strip]]:
    slips: list[list[Strip]] = [[]]
    for strip in strips:
        if isinstance(strip, Cut):
            slips.append([])
        else:
            slips[-1].append(strip)
    return [slip for slip in slips if slip]


def _paper(slip: Sequence[Strip]) -> Image.Image:
    heights = [_height(strip) for strip in slip]
    image = Image.new("RGB", (DOTS, sum(heights) + 2 * MARGIN_DOTS), _PAPER)
    draw = ImageDraw.Draw(image)
    top = MARGIN_DOTS
    for strip, height in zip(slip, heights, strict=True):
        match strip:
            case TextLine(text, style):
                _text(image, draw, top, text, style)
            case QrCode():
                _code(draw, top, strip)
            case Torn():
                draw.line([(0, top + height // 2), (DOTS, top + height // 2)], fill=_SHADOW, width=3)
            case Cut():
                pass
        top += height
    return image


def _height(strip: Strip) -> int:
    match strip:
        case TextLine(_, Style.LARGE):
            return 2 * LINE_DOTS
        case TextLine() | Torn():
            return LINE_DOTS
        case QrCode():
            modules, dot = _modules(strip)
            return (len(modules) + 2 * QUIET_MODULES) * dot
        case Cut():
            return 0


def _text(image: Image.Image, draw: ImageDraw.ImageDraw, top: int, text: str, style: Style) -> None:
    if text and set(text) == {"-"}:
        middle = top + LINE_DOTS // 2
        for left in range(_left(WIDTH), DOTS - _left(WIDTH) - DASH_DOTS + 1, 2 * DASH_DOTS):
            draw.line([(left, middle), (left + DASH_DOTS - 1, middle)], fill=_INK, width=2)
        return
    if style is not Style.LARGE:
        _cells(draw, top, text, bold=style is Style.BOLD)
        return
    strip = Image.new("RGB", (DOTS, LINE_DOTS), _PAPER)
    _cells(ImageDraw.Draw(strip), 0, text, bold=True)
    image.paste(strip.resize((DOTS, 2 * LINE_DOTS), Image.Resampling.BICUBIC), (0, top))


def _cells(draw: ImageDraw.ImageDraw, top: int, text: str, *, bold: bool) -> None:
    font = _font("PTMono-Bold.ttf" if bold else "PTMono-Regular.ttf")
    baseline = top + LINE_DOTS - 7
    for column, letter in enumerate(text[:WIDTH]):
        middle = _left(WIDTH) + column * CELL_DOTS + CELL_DOTS / 2
        draw.text((middle, baseline), letter, font=font, fill=_INK, anchor="ms")


def _left(columns: int) -> int:
    return (DOTS - columns * CELL_DOTS) // 2


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / name), FONT_DOTS)


def _modules(code: QrCode) -> tuple[list[bytearray], int]:
    matrix = [bytearray(row) for row in segno.make_qr(code.text, error="m", boost_error=False).matrix]
    least = math.ceil(LEAST_QR_DOTS / len(matrix))
    most = DOTS // (len(matrix) + 2 * QUIET_MODULES)
    return matrix, min(most, max(least, code.dot))


def _code(draw: ImageDraw.ImageDraw, top: int, code: QrCode) -> None:
    matrix, dot = _modules(code)
    left = (DOTS - len(matrix) * dot) // 2
    top += QUIET_MODULES * dot
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                corner = (left + x * dot, top + y * dot)
                draw.rectangle((*corner, corner[0] + dot - 1, corner[1] + dot - 1), fill=_INK)


def _lay(table: Image.Image, paper: Image.Image, top: int) -> None:
    """Lay a slip on the table, with its torn edges and a shadow."""
    outline = _outline(paper.width, paper.height)
    mask = Image.new("L", paper.size, 0)
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    table.paste(_SHADOW, (GAP_DOTS + 5, top + 5), mask)
    table.paste(paper, (GAP_DOTS, top), mask)


def _outline(width: int, height: int) -> list[tuple[int, int]]:
    """Saw teeth above and below, as the edge of the cutter leaves them."""
    teeth = range(0, width + TOOTH_DOTS, TOOTH_DOTS)
    upper = [(x, (x // TOOTH_DOTS) % 2 * TOOTH_DOTS // 2) for x in teeth]
    lower = [(x, height - 1 - (x // TOOTH_DOTS) % 2 * TOOTH_DOTS // 2) for x in reversed(teeth)]
    return upper + lower
