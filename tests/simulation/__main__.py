"""`python -m tests.simulation --cuts N --seed S --jobs J`: power cuts by the thousand, and what they have shown."""

from __future__ import annotations

import argparse
import os
import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation import report
from tests.simulation.batch import CUTS_IN_RUN, Findings, play_batch, play_one, seeds_of
from tests.simulation.sometimes import coverage, missing

DEFAULT_CUTS = 10_000


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--cuts", type=int, default=DEFAULT_CUTS, help="power cuts to make")
    parser.add_argument("--seed", type=int, default=1, help="first seed; every run takes the next one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--one", action="store_true", help="play that seed alone and show its trace")
    parser.add_argument("--verbose", action="store_true", help="show how often everything has happened")
    options = parser.parse_args(arguments)
    console = Console()
    if options.one:
        return report.show_one(console, play_one(options.seed, readable=True))
    runs = -(-options.cuts // CUTS_IN_RUN)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} runs"))
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("0 cuts, 0 violations", total=runs)

        def told(found: Findings) -> None:
            words = f"{found.cuts:,} cuts, {found.violations} violations"
            progress.update(task, completed=found.runs, description=words)

        found = play_batch(seeds_of(options.seed, options.cuts), options.jobs, told)
    report.show(console, found, coverage(found), verbose=options.verbose)
    lacking = missing(found)
    if lacking:
        report.lacks(console, lacking)
    return 1 if found.violations or lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
