"""`python -m tests.support.dying_service --config FILE --after N`: the real service, killed by itself with SIGKILL
right after its N-th step is durable; the same code that production runs, with one line of death around the commit."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from terminal.commands import service
from terminal.journal.payment_journal import SqliteJournal
from terminal.ports.records import Step


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--after", type=int, required=True)
    options = parser.parse_args()
    append, steps = SqliteJournal.append, 0

    def append_and_die(journal: SqliteJournal, step: Step) -> int:
        nonlocal steps
        sequence = append(journal, step)
        steps += 1
        if steps == options.after:
            os.kill(os.getpid(), signal.SIGKILL)
        return sequence

    SqliteJournal.append = append_and_die  # type: ignore[method-assign]
    return service.main(["--config", options.config])


if __name__ == "__main__":
    sys.exit(main())
