"""A slice of the bit flips, and single bits whose fate is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.journal import opening, settings
from tests.journal import bit_flips
from tests.journal.append_disk import PREFIX
from tests.journal.bit_flips import Bench, run

FLIPS = 100


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(settings, "GROWN_WAL_BYTES", settings.GROWN_WAL_BYTES)
    bench = Bench(tmp_path, "known-bits")
    yield bench
    bench.disk.unregister()


@pytest.mark.parametrize("seed", [10, 11])
def test_no_flip_is_lost_unseen(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(settings, "GROWN_WAL_BYTES", settings.GROWN_WAL_BYTES)
    counts = Counter((outcome.place, outcome.verdict) for outcome in run(FLIPS, seed))
    assert not [found for found in counts if found[1] == "SILENT"]
    places = Counter(place for place, _ in counts.elements())
    assert min(places.values()) > FLIPS // 6
    assert ("log" in places) == (seed % 2 == 0)
    assert counts["log", "healed"] == places["log"]
    assert counts["second copy", "healed"] == places["second copy"]
    assert counts["database", "harmless"] > 0
    if seed % 2 == 1:
        assert places["database"] > counts["database", "harmless"]


def test_every_part_of_a_frame_is_covered(bench: Bench) -> None:
    name = f"{PREFIX}steps.000001"
    size = bench.size(name)
    for byte in (*range(0, 24), *range(90, 130), size - 1, size - 3, size - 200):
        assert bench.flipped(name, 8 * byte + byte % 8) == "healed"


def test_an_old_record_is_found_by_looking_through_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison sees the loss that a start misses, which looks at the end of the chain."""
    monkeypatch.setattr(opening, "TAIL_RECORDS", 5)
    monkeypatch.setattr(bit_flips, "LOOKS_THROUGH", False)
    bits = range(0, 8 * bench.size(bench.database), 8 * 401 + 3)
    silent = [bit for bit in bits if bench.flipped(bench.database, bit) == "SILENT"]
    assert silent
    monkeypatch.setattr(bit_flips, "LOOKS_THROUGH", True)
    assert {bench.flipped(bench.database, bit) for bit in silent} == {"found"}
