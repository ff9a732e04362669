"""What is wrong with a configuration file, and the words for the installer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import assert_never


class Fault(Enum):
    """Kinds of mistake."""

    UNREADABLE = "unreadable"
    """No file, not text, or not TOML."""
    MISSING = "missing"
    UNKNOWN = "unknown"
    WRONG = "wrong"
    CONFLICT = "conflict"
    """Allowed by itself, but not together with another value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, what is there, what may be there."""

    file: Path
    key: str
    """Full name with sections, `payments.min_sum_rubles`; empty when it concerns the whole file."""
    fault: Fault
    given: str = ""
    """The value as found; empty when there is none or it is a secret."""
    allowed: str = ""
    """What may stand there, in Russian."""
    meant: str = ""
    """The known name that an unknown one resembles."""


class ConfigError(Exception):
    """The configuration cannot be used; the installer must act. Carries every problem, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(describe_errors(self))


def describe_errors(error: ConfigError) -> str:
    """All problems in Russian, one a line, for the installer's eyes."""
    return "\n".join(describe(each) for each in error.problems)


def describe(problem: Problem) -> str:
    """One problem in one line of Russian."""
    place = f"{problem.file}: {problem.key}" if problem.key else str(problem.file)
    given = f" (задано: {problem.given})" if problem.given else ""
    match problem.fault:
        case Fault.UNREADABLE:
            return f"{place}: файл не читается: {problem.allowed}"
        case Fault.MISSING:
            return f"{place}: не задано. Допустимо: {problem.allowed}"
        case Fault.UNKNOWN:
            hint = f" Возможно, имелось в виду «{problem.meant}»." if problem.meant else ""
            return f"{place}: такого ключа нет.{hint} Допустимо: {problem.allowed}"
        case Fault.WRONG:
            return f"{place}: недопустимое значение{given}. Допустимо: {problem.allowed}"
        case Fault.CONFLICT:
            return f"{place}: не согласуется с остальным{given}. Допустимо: {problem.allowed}"
        case other:
            assert_never(other)
