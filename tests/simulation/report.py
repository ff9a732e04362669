"""What a batch or a run has shown, for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from tests.simulation.batch import Findings
from tests.simulation.run import Outcome

VIOLATIONS_SHOWN = 3
TRACE_SHOWN = 120


def show(console: Console, found: Findings, verbose: bool = False) -> None:
    table = Table(title="Simulation", show_header=False)
    rows = {
        "runs": f"{found.runs:,}",
        "power cuts of the terminal": f"{found.cuts:,}",
        "crash points passed": f"{found.points:,}",
        "payments": f"{found.payments:,}",
        "virtual time": f"{found.virtual_s / 3600:,.1f} h",
        "violations": str(found.violations),
        "runs/s": f"{found.runs / max(found.seconds, 1e-9):,.2f}",
        "cuts/s": f"{found.cuts / max(found.seconds, 1e-9):,.0f}",
        "seconds": f"{found.seconds:,.1f}",
        "trace hash": found.digest,
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)
    if verbose:
        for title, counts in (("happened", found.happened), ("edges", found.edges)):
            console.print(title, ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    for seed, violations in found.failures:
        for text in violations[:VIOLATIONS_SHOWN]:
            console.print(f"seed {seed}: {text}", style="red", markup=False, soft_wrap=True)


def lacks(console: Console, names: list[str]) -> bool:
    """Say what never happened."""
    console.print(f"never happened: {', '.join(names)}", style="red", markup=False, soft_wrap=True)
    return True


def show_one(console: Console, outcome: Outcome) -> int:
    """The end of a run's trace, and its verdict as exit code."""
    for line in outcome.trace[-TRACE_SHOWN:]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"seed {outcome.seed}: {outcome.cuts} cuts, {outcome.points} crash points, trace {outcome.digest}")
    for text in outcome.violations:
        console.print(text, style="red", markup=False, soft_wrap=True)
    return 1 if outcome.violations else 0
