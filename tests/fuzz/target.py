"""A fuzz target: a reader of outside bytes together with what must be true of it for every input.

`check` takes any bytes and returns when all is well. Every exception that leaves it is a finding: an error that the
reader does not document, or an `AssertionError` that says which property is broken.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

HANG_S = 1.0
"""Processor time that one input may take."""
MAX_INPUT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Target:
    """One reader with its properties."""

    name: str
    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...] = ()
    """Good inputs to start from, beside the corpus."""
    words: tuple[bytes, ...] = ()
    """Byte strings that mean something to the reader."""
    max_bytes: int = MAX_INPUT_BYTES
    hang_s: float = HANG_S
    """More than `HANG_S` only where one input plays a whole conversation."""


class TooSlow(BaseException):
    """An input took more processor time than it may. Not an `Exception`: no reader under test may swallow it."""


def run(target: Target, data: bytes) -> None:
    """Check one input within its time. Raises whatever is found, `TooSlow` included."""
    with _limited(target.hang_s):
        target.check(data)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    previous = signal.signal(signal.SIGPROF, _too_slow)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, previous)


def _too_slow(signum: int, frame: FrameType | None) -> None:
    raise TooSlow("an input took more processor time than it may")
