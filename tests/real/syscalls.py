"""`python -m tests.real.syscalls`: a reference visit dies at every system call that it makes on the journal's files.

strace stops the real process at the k-th call of a kind - kills it there, or lets the call fail with EIO or ENOSPC -
for k = 1, 2 … until a run has fewer such calls. After each run the visit goes on from the disk as it is, and must
end with every record that was acknowledged, every identity and every kopeck (`reference_visit`).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from tests.real.traced import run_traced

CALLS = ("openat", "unlink", "pwrite64", "write", "ftruncate", "fallocate", "fsync", "fdatasync", "rename")
"""What can change a file of the journal, or make its change durable."""
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")
LOG_BYTES = 60_000
"""The write-ahead log is grown to so little that all of its growth can be walked through."""


@dataclass
class Boundaries:
    """Calls of one kind at which a visit was cut."""

    call: str
    fault: str
    count: int = 0
    died: int = 0
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"boundaries {self.count:4}  died {self.died:4}  violations {len(self.violations)}"
        return f"{self.call:10} {self.fault:13} {counts}"


def cut_everywhere(call: str, fault: str, every: int = 1, first: int = 1) -> Boundaries:
    """A visit for each call of a kind from the `first` on, or for each `every`-th of them."""
    found = Boundaries(call, fault)
    for number in count(first, every):
        with tempfile.TemporaryDirectory() as directory:
            outcome = run_traced(Path(directory), call, fault, number, LOG_BYTES)
        if not outcome.agrees:
            found.violations.append(f"{call} {number} {fault}: {outcome.said[-1500:]}")
        if not outcome.reached:
            return found
        found.count += 1
        found.died += outcome.died
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", nargs="+", default=CALLS, choices=CALLS)
    parser.add_argument("--faults", nargs="+", default=FAULTS, choices=FAULTS)
    parser.add_argument("--every", type=int, default=1, help="only every n-th boundary")
    parser.add_argument("--first", type=int, default=1, help="begin with this boundary")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    began = time.monotonic()
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        kinds = [(call, fault) for fault in options.faults for call in options.calls]
        waiting = [pool.submit(cut_everywhere, call, fault, options.every, options.first) for call, fault in kinds]
        found = [each.result() for each in waiting]
    for each in found:
        sys.stdout.write(f"{each}\n")
        for violation in each.violations[:3]:
            sys.stdout.write(f"{violation}\n")
    total, bad = sum(each.count for each in found), sum(len(each.violations) for each in found)
    sys.stdout.write(f"{total} boundaries, {bad} violations, {time.monotonic() - began:.0f} s\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
