"""One step is one sync of the disk, counted from outside the process."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAYMENTS = 60
SYNCS_PER_STEP = 1.06
"""One, and the share of the log's start-over."""


@pytest.mark.system
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace counts the syncs and is not installed")
def test_syncs_per_step(tmp_path: Path) -> None:
    out = tmp_path / "trace"
    command = ["strace", "-f", "-o", str(out), "-e", "trace=fsync,fdatasync,sync_file_range,getppid"]
    traced = [sys.executable, "-m", "tests.journal.counted", str(tmp_path), str(PAYMENTS)]
    done = subprocess.run([*command, *traced], capture_output=True, text=True, timeout=110, check=True)
    appended = int(done.stdout)
    text = out.read_text(encoding="utf-8")
    between = re.split(r"getppid\(\)", text)
    assert len(between) == 3, "the traced process marks beginning and end"
    syncs = len(re.findall(r"\bf(?:data)?sync\(", between[1]))
    assert appended <= syncs <= appended * SYNCS_PER_STEP
