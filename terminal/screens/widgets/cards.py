"""Plain areas of one colour, with an outline and round corners where they have them.

Kivy draws a plain area as a picture of one white pixel, tinted and blended with what lies beneath, and round corners
as a fan of triangles over all of it. By software that takes many times as long as to set the pixels of upright
rectangles, and such areas are most of a panel. So an area is put together from rectangles, and its corners are small
pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kivy.factory import Factory
from kivy.graphics import Callback, Color, InstructionGroup, Mesh
from kivy.graphics.opengl import GL_BLEND, glDisable, glEnable
from kivy.graphics.texture import Texture

from terminal.screens.card_shapes import CardShape, Rect, Rgba, card_shape, disc

MAX_DISCS = 128
"""Kinds of corner that are kept; a theme has some thirty on a panel."""
CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)
WHITE: Rgba = (1.0, 1.0, 1.0, 1.0)
QUARTERS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))
"""Where the corners begin on the picture of a disc, in the order of `CardShape.corners`."""
NOTHING = CardShape((0, 0, 0, 0), 0, 0)


class Card(InstructionGroup):
    """`box` is left, bottom, width and height; `radius` that of the corners, `edge` half the width of the outline, all
    in pixels. Drawn only with an opaque `face`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._box: Sequence[float] = (0, 0, 0, 0)
        self._radius = self._edge = 0.0
        self._colours: list[Rgba] = [CLEAR, CLEAR]
        self._tints = Color(noadd=True), Color(noadd=True)
        self._areas, self._lines, self._corners = (Mesh(mode="triangles", noadd=True) for _ in range(3))
        for part in (Callback(_set, noadd=True), self._tints[0], self._areas, self._tints[1], self._lines,
                     Callback(_blend, noadd=True), Color(*WHITE, noadd=True), self._corners):
            self.add(part)

    @property
    def box(self) -> Sequence[float]:
        return self._box

    @box.setter
    def box(self, box: Sequence[float]) -> None:
        self._box = box
        self._arrange()

    @property
    def radius(self) -> float:
        return self._radius

    @radius.setter
    def radius(self, radius: float) -> None:
        self._radius = radius
        self._arrange()

    @property
    def edge(self) -> float:
        return self._edge

    @edge.setter
    def edge(self, edge: float) -> None:
        self._edge = edge
        self._arrange()

    @property
    def face(self) -> Rgba:
        return self._colours[0]

    @face.setter
    def face(self, colour: Sequence[float]) -> None:
        self._tint(0, colour)

    @property
    def outline(self) -> Rgba:
        return self._colours[1]

    @outline.setter
    def outline(self, colour: Sequence[float]) -> None:
        self._tint(1, colour)

    def _tint(self, which: int, colour: Sequence[float]) -> None:
        was_drawn = self._drawn
        red, green, blue, opacity = colour
        self._colours[which] = self._tints[which].rgba = red, green, blue, opacity
        if was_drawn != self._drawn:
            self._arrange()
        elif self._corners.texture is not None:
            self._corners.texture = self._disc()

    def _arrange(self) -> None:
        x, y, width, height = self._box
        shape = card_shape((x, y, width, height), self._radius, self._edge) if self._drawn else None
        self._shape = shape or NOTHING
        _lay(self._areas, self._shape.faces())
        _lay(self._lines, self._shape.lines())
        _lay(self._corners, self._shape.corners())
        self._corners.texture = self._disc()

    def _disc(self) -> Texture | None:
        corner, line = self._shape.corner, self._shape.line
        return _disc(corner, line, self.face, self.outline if line else self.face) if corner else None

    @property
    def _drawn(self) -> bool:
        return self.face[3] == 1.0


def _set(_: object) -> None:
    glDisable(GL_BLEND)


def _blend(_: object) -> None:
    glEnable(GL_BLEND)


def _lay(mesh: Mesh, rects: Sequence[Rect]) -> None:
    """Two triangles for each rectangle, in the order by which the renderer knows it as one."""
    vertices: list[float] = []
    indices: list[int] = []
    for at, ((left, bottom, right, top), (u, v)) in enumerate(zip(rects, QUARTERS, strict=False)):
        vertices += (left, bottom, u, v, right, bottom, u + 0.5, v, right, top, u + 0.5, v + 0.5, left, top, u, v + 0.5)
        indices += (4 * at + each for each in (0, 1, 2, 2, 3, 0))
    mesh.vertices, mesh.indices = vertices, indices


@lru_cache(maxsize=MAX_DISCS)
def _disc(corner: int, line: int, face: Rgba, outline: Rgba) -> Texture:
    texture = Texture.create(size=(2 * corner, 2 * corner), colorfmt="rgba")
    texture.min_filter = texture.mag_filter = "nearest"
    texture.blit_buffer(disc(corner, line, face, outline), colorfmt="rgba")
    return texture


Factory.register("Card", cls=Card)
