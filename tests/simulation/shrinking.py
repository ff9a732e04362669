"""The smallest run that still goes wrong: Hypothesis looks for one among short scripts, and makes it shorter."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from tests.simulation.batch import play_script
from tests.simulation.clients import NOTES
from tests.simulation.crash import Cut
from tests.simulation.disk import Fate
from tests.simulation.mishaps import DEVICE_MISHAPS
from tests.simulation.run import Script
from tests.simulation.swarm import Mix

MOST_CUTS = 6
MOST_NOTES = 3
SEEDS = 32

CUTS = st.builds(Cut, points=st.integers(0, 80), records=st.integers(0, 8))
MIXES = st.builds(
    Mix,
    notes=st.lists(st.sampled_from(NOTES), max_size=MOST_NOTES).map(tuple),
    mishaps=st.lists(st.sampled_from(sorted(DEVICE_MISHAPS)), max_size=2, unique=True).map(tuple),
    fates=st.sampled_from([(fate,) for fate in Fate]),
    speed=st.just(4.0),
)
SCRIPTS = st.builds(
    Script, seed=st.integers(0, SEEDS - 1), cuts=st.lists(CUTS, max_size=MOST_CUTS).map(tuple), mix=MIXES
)


def goes_wrong(script: Script) -> bool:
    """Whether the run shows a violation."""
    return bool(play_script(script).violations)


def smallest(examples: int, wrong: Callable[[Script], bool] = goes_wrong) -> Script | None:
    """The simplest script found that goes wrong; None when none of so many does."""
    patient = settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
    )
    try:
        return find(SCRIPTS, wrong, settings=patient)
    except NoSuchExample:
        return None
