"""The corpus made small: of all inputs, the shortest ones that together reach every line transition reached by any.

Coverage is taken with Python's own tracing, so that the choice is the same on every machine.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz import places
from tests.fuzz.catalogue import PRODUCT
from tests.fuzz.target import HANG_S, Target, TooSlow, run

ROOT = places.HERE.parents[1]
_PREFIXES = tuple(f"{ROOT / package}/" for package in PRODUCT)
Arc = tuple[str, int, int]
MAX_CORPUS_FILES = 80
MAX_CONVERSATIONS = 40
"""Inputs of one target; the longest are left out. Fewer where each plays a whole conversation."""


def minimised(target: Target, inputs: Iterable[bytes]) -> list[bytes]:
    """The shortest inputs that reach everything; one that breaks something is left out."""
    chosen: list[bytes] = []
    reached: set[Arc] = set()
    for data in sorted(set(inputs), key=lambda each: (len(each), each)):
        arcs = arcs_of(target, data)
        if arcs is not None and not arcs <= reached:
            reached |= arcs
            chosen.append(data)
    return chosen[: MAX_CORPUS_FILES if target.hang_s <= HANG_S else MAX_CONVERSATIONS]


def arcs_of(target: Target, data: bytes) -> frozenset[Arc] | None:
    """The line transitions within the product that an input causes; None when it breaks something."""
    arcs: set[Arc] = set()

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(_PREFIXES):
            return None
        last = -frame.f_code.co_firstlineno

        def step(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal last
            if event == "line":
                arcs.add((file, last, frame.f_lineno))
                last = frame.f_lineno
            return step

        return step

    previous = sys.gettrace()
    sys.settrace(enter)
    try:
        run(target, data)
    except (Exception, TooSlow):  # noqa: BLE001 - whatever it breaks, it is no input for the corpus
        return None
    finally:
        sys.settrace(previous)
    return frozenset(arcs)


def rewrite(target: Target) -> tuple[int, int]:
    """Put the minimised corpus in place of the present one; the number of inputs and their bytes."""
    folder = places.corpus(target.name)
    known = places.inputs(folder)
    fresh = places.inputs(places.BUILD / target.name / "kept")
    covered = _with_seeds(target, [*known.values(), *fresh.values()])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {hashlib.sha256(data).hexdigest()[:16]: data for data in covered}
    for name in known.keys() - wanted.keys():
        (folder / name).unlink()
    for name, data in wanted.items():
        _write(folder / name, data)
    return len(wanted), sum(map(len, wanted.values()))


def _with_seeds(target: Target, inputs: list[bytes]) -> list[bytes]:
    """Seeds need no file of their own."""
    seeds = set(target.seeds)
    return [data for data in minimised(target, [*inputs, *seeds]) if data not in seeds]


def _write(path: Path, data: bytes) -> None:
    if not path.exists():
        path.write_bytes(data)
