"""A process that appends whole payments between two calls of getppid, for counting what it asks of the disk."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.journal import steps


def run(directory: str, payments: int) -> int:
    """The number of steps appended."""
    journal = steps.opened(Path(directory)).journal
    planned = [step for number in range(1, payments + 1) for step in steps.whole_payment(number)]
    os.getppid()
    for step in planned:
        journal.append(step)
    os.getppid()
    journal.close()
    return len(planned)


if __name__ == "__main__":
    os.write(sys.stdout.fileno(), str(run(sys.argv[1], int(sys.argv[2]))).encode())
