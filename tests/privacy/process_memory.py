"""What lies in the memory of a running process, as somebody with all rights could read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw.. [0-9a-f]+ \S+ \d+\s*(.*)")
AROUND_BYTES = 64


def readable(pid: int) -> bool:
    """Whether this test may look: reading another program's memory takes the rights of a tracer."""
    try:
        with Path(f"/proc/{pid}/mem").open("rb"):
            return True
    except PermissionError:
        return False


def found_in_memory(pid: int, canaries: Mapping[str, bytes]) -> list[str]:
    """Which canary lies where, with what is around it."""
    found: list[str] = []
    for name, region in _regions(pid):
        for canary, form in canaries.items():
            at = region.find(form)
            while at >= 0:
                around = region[max(0, at - AROUND_BYTES) : at + len(form) + AROUND_BYTES]
                found.append(f"{canary} in {name or 'anonymous memory'}: {around!r}")
                at = region.find(form, at + 1)
    return found


def _regions(pid: int) -> Iterator[tuple[str, bytes]]:
    """The writable regions that can be read."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
            region = _REGION.match(line)
            if region is None:
                continue
            first, last = int(region[1], 16), int(region[2], 16)
            try:
                memory.seek(first)
                yield region[3], memory.read(last - first)
            except (OSError, OverflowError, ValueError):
                continue
