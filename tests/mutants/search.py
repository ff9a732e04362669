"""Plays seeds until something is wrong. Imported after the bug has been planted, because it imports the product."""

from __future__ import annotations

import itertools
import logging
import time

from tests.mutants.finding import Finding, Limits
from tests.simulation.batch import play_one
from tests.simulation.themes import Theme

CUTS = (25, 100, 6)
"""Power cuts of the runs, over and over: storms in which nothing gets far, and quiet runs in which it does."""


def search(first_seed: int, limits: Limits, themes: tuple[Theme, ...]) -> Finding:
    """Until a run has a violation, or all runs or all seconds of the processor's time are used up. The runs are about
    one theme after the other, each with every number of cuts."""
    logging.disable(logging.CRITICAL)
    began = time.process_time()
    runs = 0
    kinds = [(theme, cuts) for cuts in CUTS for theme in themes]
    for theme, cuts in itertools.islice(itertools.cycle(kinds), limits.runs):
        outcome = play_one(first_seed + runs, cuts, theme=theme)
        runs += 1
        used_s = time.process_time() - began
        if outcome.violations:
            return Finding(outcome.violations[0], runs, used_s, outcome.seed)
        if used_s > limits.seconds:
            break
    return Finding("", runs, time.process_time() - began)
