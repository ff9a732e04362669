"""What is on the paper: lines, codes and cuts, in the order in which the head put them there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

WIDTH = 42
"""Characters of the usual font on 80 mm paper."""
LINE_MM = 3.25
QR_MM = 28.0


class Style(Enum):
    """How a line is printed."""

    NORMAL = auto()
    BOLD = auto()
    LARGE = auto()
    """Double height, bold."""


@dataclass(frozen=True, slots=True)
class TextLine:
    text: str
    style: Style = Style.NORMAL


@dataclass(frozen=True, slots=True)
class QrCode:
    """`dot` is the size of a module in printer dots; 0: the smallest that makes the code 20 mm wide."""

    text: str
    dot: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """The knife; what is above has left the printer."""


@dataclass(frozen=True, slots=True)
class Torn:
    """The power went here in the middle of printing."""


Strip = TextLine | QrCode | Cut | Torn


def length_mm(strip: Strip) -> float:
    """Paper that a strip takes."""
    match strip:
        case TextLine(_, Style.LARGE):
            return 2 * LINE_MM
        case TextLine():
            return LINE_MM
        case QrCode():
            return QR_MM
        case _:
            return 0.0


def as_text(strips: list[Strip]) -> str:
    """The paper in plain text."""
    return "\n".join(_line(strip) for strip in strips)


def _line(strip: Strip) -> str:
    match strip:
        case TextLine(text):
            return text
        case QrCode(text):
            return f"[QR {text}]"
        case Cut():
            return "- " * (WIDTH // 2)
        case Torn():
            return "~" * WIDTH
