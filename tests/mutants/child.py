"""`python -m tests.mutants.child NAME SEED SECONDS RUNS`: one bug in one fresh process; an empty name for none."""

from __future__ import annotations

import importlib
import resource
import sys

from tests.mutants.catalogue import bug_named, themes_of
from tests.mutants.finding import Limits
from tests.mutants.planting import plant

PATIENCE = 2.0
LEAST_PATIENCE_S = 30
"""A process that uses so many times its seconds of the processor's time, and these, hangs, and is ended."""


def main(arguments: list[str]) -> None:
    name, seed, seconds, runs = arguments
    most_s = int(float(seconds) * PATIENCE) + LEAST_PATIENCE_S
    resource.setrlimit(resource.RLIMIT_CPU, (most_s, most_s + 5))
    if name:
        plant(bug_named(name))
    search = importlib.import_module("tests.mutants.search")
    print(search.search(int(seed), Limits(float(seconds), int(runs)), themes_of(name)).line(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
