"""The engine: it finds what is planted, tells it apart from a clean run, and a slice of the real thing is clean."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.campaign import run_all, run_one
from tests.fuzz.catalogue import all_targets, targets_of
from tests.fuzz.json_edits import EDITS, document
from tests.fuzz.minimise import minimised
from tests.fuzz.splits import splits
from tests.fuzz.target import Target, TooSlow, run

PLANTED = "tests.fuzz.planted_bug"
ERROR, HANG = targets_of(PLANTED)
SLICE_S = 12.0
SLICE = ("ccnet-frames", "ccnet-driver", "shtrih-packets", "shtrih-driver", "billing-json", "http-answer",
         "socket-line", "config")
"""One target of each kind of reader; each takes a second or two to begin."""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("target", "what"), [(ERROR, "IndexError"), (HANG, "TooSlow")], ids=["error", "hang"])
def test_planted_bug_is_found(target: Target, what: str, tmp_path: Path) -> None:
    result = run_one(PLANTED, target, 20, tmp_path)
    assert result.finding is not None
    assert what in result.finding.what
    assert result.finding.input is not None
    with pytest.raises(TooSlow if target is HANG else IndexError):
        run(target, result.finding.input.read_bytes())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_slice_of_fuzzing_finds_nothing() -> None:
    known = all_targets()
    results = run_all([known[name] for name in SLICE], SLICE_S, 2, lambda done: None)
    assert [(each.target, each.finding.what) for each in results if each.finding] == []
    assert all(each.executions and each.edges for each in results), results


def test_minimised_corpus_reaches_what_the_whole_one_reaches() -> None:
    target = next(target for _, target in all_targets().values() if target.name == "fiscal-records")
    inputs = [target.seeds[0], target.seeds[0][:-1], target.seeds[0] * 2, b"", b"\x00"]
    kept = minimised(target, inputs)
    assert 1 < len(kept) < len(inputs)
    assert minimised(target, kept) == kept


def test_edits_keep_json_json_and_bare_bytes_as_they_are() -> None:
    good = ({"a": 1, "b": [1, {"c": "x"}]},)
    assert document(b'{"a"', good) == b'{"a"'
    assert document(bytes([EDITS, 0]), good) == b'{"a": 1, "b": [1, {"c": "x"}]}'
    assert document(bytes([EDITS, 0, 0, 2]), good) == b'{"b": [1, {"c": "x"}]}'
    assert document(bytes([EDITS, 0, 0, 0, 15]), good).startswith(b'{"a": 1e999')


def test_splits_lose_nothing() -> None:
    stream = bytes(range(256))
    assert [b"".join(pieces) for pieces in splits(stream, 7)] == [stream] * 3
