"""Every input that ever taught or broke something is played again: nothing breaks, nothing takes long."""

from __future__ import annotations

import logging
import resource
from collections.abc import Iterator

import pytest

from tests.fuzz import places
from tests.fuzz.catalogue import all_targets
from tests.fuzz.target import MAX_INPUT_BYTES, Target, run

TARGETS = {name: target for name, (_, target) in all_targets().items()}
MAX_GROWTH_KB = 100_000
"""Of this process over all inputs of one target."""


@pytest.fixture(autouse=True)
def _silent() -> Iterator[None]:
    """What the readers say about bad input is not looked at here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_all_known_inputs_are_harmless(target: Target) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    known = {**places.inputs(places.corpus(target.name)), **places.inputs(places.regressions(target.name))}
    for data in (*target.seeds, *known.values()):
        run(target, data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < MAX_GROWTH_KB


def test_every_target_has_a_corpus_and_every_corpus_a_target() -> None:
    assert {folder.name for folder in places.CORPUS.iterdir()} == set(TARGETS)
    assert {folder.name for folder in places.REGRESSIONS.iterdir()} <= set(TARGETS)
    assert all(places.inputs(places.corpus(name)) for name in TARGETS)


def test_the_corpus_stays_small() -> None:
    sizes = [path.stat().st_size for path in places.CORPUS.rglob("*") if path.is_file()]
    assert sum(sizes) < places.MAX_CORPUS_BYTES
    assert max(sizes) <= MAX_INPUT_BYTES
