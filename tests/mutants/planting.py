"""Plants a bug into the running process: modules are compiled from changed text when they are imported.

No file is written, and the bytecode cache is neither read nor filled.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from tests.mutants.bug import Bug, Edit


class NotPlanted(Exception):
    """The text to be replaced is not where it should be, or its module was imported before."""


def plant(bug: Bug) -> None:
    """Before anything of the product is imported. Raises `NotPlanted`."""
    edits: dict[str, list[Edit]] = {}
    for edit in bug.edits:
        if edit.module in sys.modules:
            raise NotPlanted(f"{edit.module} is imported already")
        edits.setdefault(edit.module, []).append(edit)
    sys.meta_path.insert(0, _Planter(edits))


def replaced(text: str, edits: Sequence[Edit]) -> str:
    """The text of a file with the bug in it. Raises `NotPlanted`."""
    for edit in edits:
        if text.count(edit.before) != 1:
            raise NotPlanted(f"{edit.file} holds {text.count(edit.before)} times: {edit.before}")
        text = text.replace(edit.before, edit.after)
    return text


class _Planter(MetaPathFinder):
    def __init__(self, edits: Mapping[str, Sequence[Edit]]) -> None:
        self._edits = edits

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        edits = self._edits.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if edits else None
        if spec is not None and edits and spec.origin is not None:
            spec.loader = _PlantingLoader(fullname, spec.origin, edits)
        return spec


class _PlantingLoader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, edits: Sequence[Edit]) -> None:
        super().__init__(fullname, path)
        self._edits = edits

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        text = replaced(self.get_data(path).decode(), self._edits)
        return compile(text, path, "exec", dont_inherit=True)
