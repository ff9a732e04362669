"""A planted bug: what goes wrong for whom, and the text of the product that is replaced."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """`before` stands in `file` (a path from the root of the sources) exactly once."""

    file: str
    before: str
    after: str

    @property
    def module(self) -> str:
        """The name under which Python imports the file."""
        return self.file.removesuffix(".py").replace("/", ".")


@dataclass(frozen=True, slots=True)
class Bug:
    """`name` is unique; `harm` is one sentence. `more` are the edits that must be made together with the first."""

    name: str
    harm: str
    file: str
    before: str
    after: str
    more: tuple[Edit, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.file, self.before, self.after), *self.more)
