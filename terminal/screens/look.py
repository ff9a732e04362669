"""The look in force, for kv rules: `look.colours.ink`, `look.sizes.body` (pixels here), `look.landscape`.

Kept apart from `theme` so that a theme can be read and checked without Kivy.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from kivy.lang import Builder, global_idmap
from kivy.metrics import mm

from terminal.screens.theme import CONTENT, Colours, Theme, ToneColours, TypeSizes

PORTRAIT_SCALE = 1.12
"""A portrait panel is higher than its pages need, so everything on it is read from a step further away."""
MAX_PATHS = 128
"""More than the product has drawings, names that nobody drew included."""


@dataclass(frozen=True, slots=True)
class Look:
    """A theme measured out in pixels of one panel."""

    theme: Theme
    landscape: bool
    sizes: TypeSizes
    """Sizes of type in pixels."""

    @property
    def colours(self) -> Colours:
        return self.theme.colours

    def tone(self, name: str) -> ToneColours:
        return self.theme.tones[name]

    def icon(self, name: str) -> str:
        """Path of a drawn icon; empty for a name that nobody drew, so that nothing is shown."""
        return _picture("icons", name)

    def illustration(self, name: str) -> str:
        """Path of an illustration; empty when the theme does without or nobody drew it."""
        return _picture("illustrations", name) if self.theme.illustrated else ""


def install(theme: Theme, *, landscape: bool) -> Look:
    """Measure the theme for the panel and hand it to every kv rule. Must precede the first widget."""
    scale = 1.0 if landscape else PORTRAIT_SCALE
    millimetres = {each.name: getattr(theme.sizes, each.name) * scale for each in fields(TypeSizes)}
    millimetres["small"] = theme.sizes.small  # the floor for what must shrink to fit is the same everywhere
    sizes = TypeSizes(**{name: mm(value) for name, value in millimetres.items()})
    look = Look(theme, landscape, sizes)
    global_idmap["look"] = look
    return look


def load_rules(module_file: str) -> None:
    """Load the kv rules that stand beside a module."""
    Builder.load_file(str(Path(module_file).with_suffix(".kv")), encoding="utf-8")


@lru_cache(maxsize=MAX_PATHS)
def _picture(folder: str, name: str) -> str:
    """Remembered, for rules ask for the same few with every page. `pathlib` interns the parts of a path, and Python's
    table of interned strings keeps a place for each that is gone: it would grow by half a megabyte in the end."""
    path = CONTENT / folder / f"{name}.png"
    return str(path) if name and path.is_file() else ""
