"""What a batch or a run has shown, for people."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from tests.simulation.batch import Findings
from tests.simulation.run import Outcome

VIOLATIONS_SHOWN = 3
TRACE_SHOWN = 120


def show(console: Console, found: Findings, coverage: Mapping[str, int], verbose: bool = False) -> None:
    """The summary, and what has gone wrong."""
    table = Table(title="Simulation", show_header=False)
    rows = {
        "runs": f"{found.runs:,}",
        "power cuts of the terminal": f"{found.cuts:,}",
        "crash points passed": f"{found.points:,}",
        "payments": f"{found.payments:,}",
        "virtual time": f"{found.virtual_s / 3600:,.1f} h",
        "violations": str(found.violations),
        "of the sometimes list": f"{sum(map(bool, coverage.values()))} of {len(coverage)} have happened",
        "runs/s": f"{found.runs / max(found.seconds, 1e-9):,.2f}",
        "cuts/s": f"{found.cuts / max(found.seconds, 1e-9):,.0f}",
        "seconds": f"{found.seconds:,.1f}",
        "trace hash": found.digest,
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)
    if verbose:
        console.print(", ".join(f"{name} {count}" for name, count in coverage.items()), soft_wrap=True)
    for seed, violations in found.failures:
        for text in violations[:VIOLATIONS_SHOWN]:
            console.print(f"seed {seed}: {text}", style="red", markup=False, soft_wrap=True)


def lacks(console: Console, names: list[str]) -> None:
    """Say what never happened."""
    console.print(f"never happened: {', '.join(names)}", style="red", markup=False, soft_wrap=True)


def show_one(console: Console, outcome: Outcome) -> int:
    """The end of a run's trace, and its verdict as exit code."""
    for line in outcome.trace[-TRACE_SHOWN:]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"seed {outcome.seed}: {outcome.cuts} cuts, {outcome.points} crash points, trace {outcome.digest}")
    for text in outcome.violations:
        console.print(text, style="red", markup=False, soft_wrap=True)
    return 1 if outcome.violations else 0
