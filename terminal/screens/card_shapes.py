"""What an outlined area with round corners is put together from: upright rectangles, and a picture for its corners."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

Rgba = tuple[float, float, float, float]
"""Red, green, blue and opacity, each 0 to 1."""
Rect = tuple[int, int, int, int]
"""Left, bottom, right, top: pixels of the window."""


@dataclass(frozen=True, slots=True)
class CardShape:
    """Pixels. `line` is the width of the outline, `corner` the side of the square that each corner takes."""

    outer: Rect
    line: int
    corner: int

    def faces(self) -> list[Rect]:
        """The area within the outline, without the corners."""
        left, bottom, right, top = self.outer
        line, corner = self.line, self.corner
        if not corner:
            return [(left + line, bottom + line, right - line, top - line)]
        return [
            (left + line, bottom + corner, right - line, top - corner),
            (left + corner, bottom + line, right - corner, bottom + corner),
            (left + corner, top - corner, right - corner, top - line),
        ]

    def lines(self) -> list[Rect]:
        """The straight parts of the outline."""
        left, bottom, right, top = self.outer
        line, corner = self.line, self.corner
        if not line:
            return []
        beside = corner or line
        return [
            (left, bottom + corner, left + line, top - corner),
            (right - line, bottom + corner, right, top - corner),
            (left + beside, bottom, right - beside, bottom + line),
            (left + beside, top - line, right - beside, top),
        ]

    def corners(self) -> list[Rect]:
        """Bottom left, bottom right, top left, top right."""
        left, bottom, right, top = self.outer
        corner = self.corner
        if not corner:
            return []
        return [
            (left, bottom, left + corner, bottom + corner),
            (right - corner, bottom, right, bottom + corner),
            (left, top - corner, left + corner, top),
            (right - corner, top - corner, right, top),
        ]


def card_shape(box: tuple[float, float, float, float], radius: float, edge: float) -> CardShape | None:
    """The shape of a box (left, bottom, width, height) along whose border the middle of the outline runs, `edge` being
    half its width. None for a box that is too small to be seen."""
    x, y, width, height = box
    outer = round(x - edge), round(y - edge), round(x + width + edge), round(y + height + edge)
    least = min(outer[2] - outer[0], outer[3] - outer[1])
    if least <= 0:
        return None
    line = max(1, round(2 * edge)) if edge else 0
    return CardShape(outer, line, min(round(radius + edge), least // 2) if radius else 0)


def disc(corner: int, line: int, face: Rgba, outline: Rgba) -> bytes:
    """All four corners side by side: a disc of `2 * corner` pixels across within its outline, as RGBA. What a pixel is
    covered by in part, it shows in part."""
    quarter = [[_pixel(hypot(column - corner + 0.5, row - corner + 0.5), corner, line, face, outline)
                for column in range(corner)] for row in range(corner)]
    rows = [b"".join((*row, *reversed(row))) for row in quarter]
    return b"".join((*rows, *reversed(rows)))


def _pixel(away: float, corner: int, line: int, face: Rgba, outline: Rgba) -> bytes:
    """Whose middle lies so far away from that of the disc."""
    inside = _share(corner - line - away)
    colour = [inside * one + (1 - inside) * other for one, other in zip(face, outline, strict=True)]
    colour[3] *= _share(corner - away)
    return bytes(round(255 * part) for part in colour)


def _share(depth: float) -> float:
    """Of a pixel whose middle lies so far inside an edge."""
    return min(1.0, max(0.0, depth + 0.5))
