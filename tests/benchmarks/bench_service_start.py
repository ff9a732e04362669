"""From the start of the service's process to the first byte on the acceptor's line, with a journal of years."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
import tty
from pathlib import Path

from simulator.bench.configuration import set_keys
from tests.benchmarks.long_journal import long_journal
from tests.benchmarks.measured import Measured, Result, Spread, spread_of
from tests.benchmarks.rig import FOLDER, Rig

RECORDS = 1_000_000
FEW_RECORDS = 10_000
STARTS = 9
GOAL_S = 0.5
PATIENCE_S = 60.0
KEPT = FOLDER / "build" / "long-journal"
"""Each start adds its own few records to the journal that is kept."""


def run(quick: bool = False) -> Result:
    """The first start, which makes the reserve file and finds cold files, does not count."""
    records, starts = (FEW_RECORDS, 2) if quick else (RECORDS, STARTS)
    state = KEPT / str(records)
    long_journal(state, records)
    with tempfile.TemporaryDirectory() as directory:
        bench = Rig(Path(directory), 1.0).layout
        text = bench.configuration.read_text(encoding="utf-8")
        bench.configuration.write_text(set_keys(text, {"terminal.state_directory": str(state)}), encoding="utf-8")
        seconds = [_start(bench.configuration, bench.link("bill-acceptor")) for _ in range(1 + starts)][1:]
        bare = spread_of([_bare() for _ in range(1 + starts)][1:])
    spread = spread_of(seconds)
    return {"service_start": Measured(spread.median, "s", GOAL_S, spread=spread, remark=_remark(records, bare))}


def _remark(records: int, bare: Spread) -> str:
    return f"journal of {records} records; an interpreter that imports nothing takes {bare.median:.3f} s"


def _start(configuration: Path, link: Path) -> float:
    """Seconds from the start of the process to a byte from it on the line of the acceptor."""
    device, host_end = os.openpty()
    tty.setraw(host_end)
    link.unlink(missing_ok=True)
    link.symlink_to(os.ttyname(host_end))
    began = time.monotonic()
    process = subprocess.Popen(
        (sys.executable, "-m", "terminal", "service", "--config", str(configuration)), cwd=FOLDER,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ready, _, _ = select.select([device], [], [], PATIENCE_S)
        if not ready:
            raise TimeoutError("the service has not asked the acceptor")
        return time.monotonic() - began
    finally:
        process.terminate()
        process.wait()
        os.close(device)
        os.close(host_end)


def _bare() -> float:
    began = time.monotonic()
    subprocess.run((sys.executable, "-c", "pass"), cwd=FOLDER, check=True)
    return time.monotonic() - began
