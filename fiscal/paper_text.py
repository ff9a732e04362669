"""Setting text on a narrow roll of paper: wrapped by words, in two columns, centred; never wider than the paper.

Widths are in characters of a monospaced font.
"""

from __future__ import annotations

from collections.abc import Iterable

from contracts.money import NO_BREAK_SPACE

LEAST_WIDTH = 24
"""Narrower than any register prints; below this two columns make no sense."""


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of at most `width` characters, broken between words; continuation lines are indented. Only a word that
    is longer than a whole line is broken inside. A no-break space holds a sum or a number together."""
    _check(width)
    lines: list[str] = []
    line = ""
    for word in _pieces((each for each in text.split(" ") if each), width - indent):
        margin = " " * indent if lines else ""
        if not line:
            line = margin + word
        elif len(line) + 1 + len(word) <= width:
            line += " " + word
        else:
            lines.append(line)
            line = " " * indent + word
    return [*lines, line] if line else lines


def pair(left: str, right: str, width: int) -> list[str]:
    """`left` at the left edge and `right` at the right edge of the same line, or on two lines when they do not fit."""
    _check(width)
    if len(left) + 1 + len(right) <= width:
        return [left + " " * (width - len(left) - len(right)) + right]
    lines = wrapped(left, width)
    if lines and len(lines[-1]) + 1 + len(right) <= width:
        last = lines.pop()
        return [*lines, last + " " * (width - len(last) - len(right)) + right]
    return [*lines, *(part.rjust(width) for part in wrapped(right, width))]


def centred(text: str, width: int) -> list[str]:
    """The text in the middle, wrapped by words."""
    return [line.center(width).rstrip() for line in wrapped(text, width)]


def rule(width: int, mark: str = "-") -> str:
    """A line across the paper."""
    return mark * width


def spelled(text: str) -> str:
    """Spell what the fonts of registers do not have: the rouble sign and the long minus. Do it before wrapping."""
    return text.replace("₽", "руб.").replace("−", "-").replace("\u202f", NO_BREAK_SPACE)


def printable(lines: Iterable[str]) -> tuple[str, ...]:
    """The finished lines with plain spaces in place of the no-break ones."""
    return tuple(line.replace(NO_BREAK_SPACE, " ") for line in lines)


def _pieces(words: Iterable[str], width: int) -> Iterable[str]:
    for word in words:
        for start in range(0, len(word), width):
            yield word[start : start + width]


def _check(width: int) -> None:
    if width < LEAST_WIDTH:
        raise ValueError(f"a width of {width} characters is less than {LEAST_WIDTH}")
