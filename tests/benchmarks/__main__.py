"""`python -m tests.benchmarks [NAME …] [--quick]`: measure, show, and keep the figures in build/bench.json."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from tests.benchmarks import (
    bench_journal,
    bench_kiosk_start,
    bench_notes,
    bench_outbox,
    bench_service_start,
    bench_touches,
    bench_visits,
    report,
)
from tests.benchmarks.measured import Result, from_entries
from tests.benchmarks.soak import with_progress

Bench = Callable[[bool], Result]

BENCHES: Mapping[str, Bench] = {
    "journal": lambda _quick: from_entries(bench_journal.run()),
    "note_to_screen": bench_notes.run,
    "touch_to_frame": bench_touches.run,
    "kiosk_start": bench_kiosk_start.run,
    "service_start": bench_service_start.run,
    "outbox_drain": bench_outbox.run,
    "visits_memory": lambda quick: with_progress(lambda told: bench_visits.run(quick, told)),
}
"""The full `visits_memory` is the soak; without being asked for it by name only its short version runs."""
LONG = ("visits_memory",)
OUT = Path("build/bench.json")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="few samples: shows that it works, proves nothing")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - BENCHES.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(BENCHES)}")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a terminal has its programs compiled
    console = Console()
    measured: Result = {}
    for name in options.names or BENCHES:
        began = time.monotonic()
        console.print(f"{name} …")
        measured |= BENCHES[name](options.quick or (name in LONG and not options.names))
        report.write(measured, options.out)
        console.print(f"[dim]{time.monotonic() - began:.0f} s[/dim]")
    report.show(measured, console)
    console.print(f"kept in {options.out}; load of the machine {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
