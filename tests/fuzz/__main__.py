"""`python -m tests.fuzz`: fuzz all targets for a minute, or make their corpus small. Exit code 1 when anything is
found."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from rich.console import Console
from rich.table import Table

from tests.fuzz import places
from tests.fuzz.campaign import Result, run_all
from tests.fuzz.catalogue import all_targets
from tests.fuzz.minimise import rewrite

WIDTH = 110
"""Of the table in a file."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together (60)")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="targets at a time (2)")
    parser.add_argument("--target", action="append", help="only this one; may be given again")
    parser.add_argument("--minimise", action="store_true", help="take what runs have kept into the small corpus")
    chosen = parser.parse_args(arguments)
    known = all_targets()
    names = chosen.target or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}")
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if chosen.minimise:
        logging.disable(logging.CRITICAL)
        for name in names:
            files, size = rewrite(known[name][1])
            console.print(f"{name}: {files} inputs, {size} bytes")
        return 0
    with console.status("fuzzing") as status:
        results = run_all([known[name] for name in names], chosen.seconds, chosen.jobs,
                          lambda done: status.update(f"{done.target} done"))
    _show(results, console)
    return int(any(each.finding for each in results))


def _show(results: list[Result], console: Console) -> None:
    table = Table()
    table.add_column("target", no_wrap=True)
    for heading in ("executions", "exec/s", "corpus", "edges", "new", "kept", "MB"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("findings")
    for each in results:
        figures = (each.executions, each.per_second, each.corpus, each.edges, each.edges - each.edges_before, each.kept,
                   each.rss_mb)
        table.add_row(each.target, *(f"{figure:,}" for figure in figures), "1" if each.finding else "none",
                      style="red" if each.finding else "")
    console.print(table)
    executions = sum(each.executions for each in results)
    found = [each for each in results if each.finding]
    console.print(f"{executions:,} executions, {len(found)} findings")
    for each in found:
        assert each.finding is not None
        shown = each.finding.input.relative_to(places.BUILD.parents[1]) if each.finding.input else "no input"
        console.print(f"{each.target}: {each.finding.what}\n  {shown}", style="red", markup=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
