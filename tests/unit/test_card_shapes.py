"""The parts of an outlined area must cover it, each pixel once, and its corners must be round."""

from __future__ import annotations

from itertools import product

import pytest

from terminal.screens.card_shapes import CardShape, card_shape, disc

FACE = (0.0, 0.0, 1.0, 1.0)
OUTLINE = (1.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize(("radius", "edge"), [(0, 0), (0, 1.2), (5, 0), (5, 0.9), (40, 1)])
def test_the_parts_cover_the_box_and_its_outline_once(radius: float, edge: float) -> None:
    shape = card_shape((10, 20, 31, 24), radius, edge)
    assert shape is not None
    covered = [pixel for part in (*shape.faces(), *shape.lines(), *shape.corners())
               for pixel in product(range(part[0], part[2]), range(part[1], part[3]))]
    left, bottom, right, top = shape.outer
    assert sorted(covered) == sorted(product(range(left, right), range(bottom, top)))
    assert (left, right) == (round(10 - edge), round(41 + edge))


def test_an_area_without_room_has_no_shape() -> None:
    assert card_shape((5, 5, 0, 30), 4, 1) == CardShape((4, 4, 6, 36), 2, 1)
    assert card_shape((5, 5, 0, 30), 4, 0) is None


def test_a_corner_is_round_and_its_outline_as_wide_as_the_lines() -> None:
    corner, line = 10, 3
    pixels = disc(corner, line, FACE, OUTLINE)
    rows = [[tuple(pixels[at : at + 4]) for at in range(start, start + 80, 4)] for start in range(0, 1600, 80)]
    assert rows[0][0][3] == 0, "nothing outside the round corner"
    middle = rows[corner]
    assert [each[0] > 127 for each in middle[:corner]] == [True] * line + [False] * (corner - line)
    assert all(each[3] == 255 for each in middle[1:-1])
    assert rows == rows[::-1] == [row[::-1] for row in rows]
