"""The downtime ledger: a file of JSON lines to which the beginning and the end of each outage are appended.

A line is on the disk when `begin` or `end` returns. A line torn by a power cut is skipped when reading and never
glued to the next one. When the file has grown to `MAX_BYTES` it becomes the one older file, and both are read.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from watchdog.instant import Instant
from watchdog.outages import Outage
from watchdog.watched import Cause

MAX_BYTES = 4_000_000
"""Two such files hold some ten thousand outages: years of ordinary life."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a ledger says."""

    outages: tuple[Outage, ...]
    unreadable: int
    """Lines that are not entries: torn by a power cut, or damaged."""


def read(path: Path) -> Contents:
    """The older file and the present one, in the order of numbers. No file is an empty ledger. Raises `OSError`."""
    found: dict[int, Outage] = {}
    unreadable = 0
    for line in _lines(path):
        try:
            _apply(found, json.loads(line))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            unreadable += 1
    return Contents(tuple(found[number] for number in sorted(found)), unreadable)


class Ledger:
    """The one writer of a ledger."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = 0

    def open(self) -> tuple[Outage, ...]:
        """Read what is there and return the outages that have no end yet. Raises `OSError`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        contents = read(self._path)
        if contents.unreadable:
            log.warning("ledger_lines_unreadable count=%d", contents.unreadable)
        self._last = max((each.number for each in contents.outages), default=0)
        return tuple(each for each in contents.outages if each.ended is None)

    def begin(self, outage: Outage) -> Outage:
        """Write the beginning; the outage comes back with its number. Raises `OSError`."""
        self._last += 1
        numbered = replace(outage, number=self._last)
        self._append({
            "event": "began", "number": numbered.number, "subject": numbered.subject, "cause": numbered.cause,
            "planned": numbered.planned, "started": numbered.started.to_body(),
            "detected": numbered.detected.to_body(), "faults": list(numbered.faults), "detail": numbered.detail,
        })
        return numbered

    def end(self, number: int, at: Instant, faults: tuple[str, ...]) -> None:
        """Write the end, with all faults seen in its course. Raises `OSError`."""
        self._append({"event": "ended", "number": number, "ended": at.to_body(), "faults": list(faults)})

    def _append(self, body: dict[str, Any]) -> None:
        line = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._rotate()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                line = b"\n" + line
            while line:
                line = line[os.write(descriptor, line) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if not size:
            sync_folder(self._path.parent)

    def _rotate(self) -> None:
        if self._path.exists() and self._path.stat().st_size >= MAX_BYTES:
            os.replace(self._path, older(self._path))
            sync_folder(self._path.parent)


def older(path: Path) -> Path:
    """Where the entries before the present file are."""
    return path.with_name(path.name + ".1")


def sync_folder(folder: Path) -> None:
    """Make a name in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(path: Path) -> Iterator[bytes]:
    for each in (older(path), path):
        if each.exists():
            with each.open("rb") as file:
                yield from (line for line in file if line.strip())


def _apply(found: dict[int, Outage], body: dict[str, Any]) -> None:
    number = int(body["number"])
    faults = tuple(str(code) for code in body["faults"])
    match body["event"]:
        case "began":
            found[number] = Outage(
                number, str(body["subject"]), Cause(body["cause"]), bool(body["planned"]),
                Instant.from_body(body["started"]), Instant.from_body(body["detected"]), faults, str(body["detail"]),
            )
        case "ended":
            found[number] = replace(found[number], ended=Instant.from_body(body["ended"]), faults=faults)
        case other:
            raise ValueError(f"unknown entry {other!r}")
