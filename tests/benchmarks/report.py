"""Figures for people and for programs: a table on the screen, JSON in a file."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import apsw
from rich.console import Console
from rich.table import Table

from tests.benchmarks.measured import Measured, Result

_VERDICTS = {True: "[green]met[/green]", False: "[red]not met[/red]", None: ""}


def show(result: Result, console: Console) -> None:
    """One line a figure, with its goal and whether it is met."""
    table = Table("figure", "value", "baseline", "ratio", "median", "p95", "range", "goal", "", title="Benchmarks")
    for name, figure in result.items():
        table.add_row(name, *_cells(figure))
    console.print(table)
    for name, figure in result.items():
        if figure.remark:
            console.print(f"[dim]{name}: {figure.remark}[/dim]")


def write(result: Result, file: Path) -> None:
    """Figures by name; a name that was not measured this time keeps what the file says of it.
    What they depend on lies beside it, in `….machine.json`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    _write(file, {**known, **{name: figure.body() for name, figure in result.items()}})
    _write(file.with_suffix(".machine.json"), machine())


def _write(file: Path, body: object) -> None:
    file.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def machine() -> dict[str, str | int | float]:
    """What the figures depend on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _cells(figure: Measured) -> tuple[str, ...]:
    spread = figure.spread
    return (
        f"{figure.value:.4g} {figure.unit}",
        "" if figure.baseline is None else f"{figure.baseline:.4g}",
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        "" if spread is None else f"{spread.median:.4g}",
        "" if spread is None else f"{spread.p95:.4g}",
        "" if spread is None else f"{spread.least:.4g} … {spread.most:.4g}",
        figure.goal_text,
        _VERDICTS[figure.met],
    )
