"""`python -m tests.mutants [NAME …] [--jobs 2] [--seconds 60] [--sample N] [--seed S]`: which planted bugs the
simulation finds, and how fast."""

from __future__ import annotations

import argparse
import os
import sys
from random import Random

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.mutants.bug import Bug
from tests.mutants.catalogue import BUGS, EQUIVALENT
from tests.mutants.finding import Finding, Limits
from tests.mutants.runner import seek_all


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    unknown = set(options.names) - {bug.name for bug in BUGS}
    if unknown:
        Console(stderr=True).print(f"no such bug: {', '.join(sorted(unknown))}")
        return 2
    bugs = [bug for bug in BUGS if not options.names or bug.name in options.names]
    if options.sample:
        bugs = Random(options.seed).sample(bugs, min(options.sample, len(bugs)))
    console = Console()

    def told(bug: Bug | None, finding: Finding) -> None:
        words = finding.text or "NOT FOUND"
        name = bug.name if bug else "the product as it is"
        console.print(
            f"{name}: {words} ({finding.runs} runs, {finding.seconds:.1f} s)", markup=False, highlight=False,
            soft_wrap=True, style="" if finding.text else "red",
        )

    findings = seek_all(bugs, options.seed, Limits(options.seconds), options.jobs, told)
    found = {bug.name: finding for bug, finding in zip(bugs, findings, strict=True)}
    _show(console, found)
    return 1 if any(not each.text and name not in EQUIVALENT for name, each in found.items()) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("names", nargs="*", metavar="NAME", help="bugs to plant; all when none is named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--seconds", type=float, default=60.0, help="processor time for each bug")
    parser.add_argument("--sample", type=int, default=0, help="only so many, drawn by the seed")
    parser.add_argument("--seed", type=int, default=1, help="draws the sample and every bug's first run")
    return parser.parse_args(arguments)


def _show(console: Console, found: dict[str, Finding]) -> None:
    table = Table("bug", "found by", "runs", "seconds", title="Planted bugs")
    for name, finding in found.items():
        missing = "equivalent" if name in EQUIVALENT else "NOT FOUND"
        table.add_row(name, Text(finding.text or missing), str(finding.runs), f"{finding.seconds:.1f}")
    console.print(table)
    caught = [each for each in found.values() if each.text]
    slowest = max((each.seconds for each in caught), default=0.0)
    console.print(f"{len(caught)} of {len(found)} found; the slowest in {slowest:.1f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
