"""`python -m tests.benchmarks.soak [--visits N]`: a thousand visits in one service and one kiosk, memory watched."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.benchmarks import bench_visits, report
from tests.benchmarks.measured import Result

OUT = Path("build/soak.json")
EXIT_GROWN = 1


def with_progress(measure: Callable[[bench_visits.Progress], Result]) -> Result:
    """Measure with a bar on the screen; every look at the memory is a line of its own."""
    columns = (TextColumn("visits"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("visits")

        def told(done: int, of: int, memory: str) -> None:
            bar.update(task, completed=done, total=of)
            if memory:
                bar.console.print(f"visit {done}: {memory}")

        return measure(told)


def main(arguments: list[str]) -> int:
    """Exit code 1 when a process has grown beyond the goal."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak")
    parser.add_argument("--visits", type=int, default=bench_visits.VISITS)
    parser.add_argument("--warm-up", type=int, default=bench_visits.WARM_UP, help="visits before the first look")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    if not 0 < options.warm_up < options.visits:
        parser.error("the first look comes before the last visit")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a terminal has its programs compiled
    console = Console()
    result = with_progress(lambda told: bench_visits.measure(options.visits, options.warm_up, told))
    report.show(result, console)
    report.write(result, options.out)
    return EXIT_GROWN if any(figure.met is False for figure in result.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
