"""No core dump of a process that may hold a client's data."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import ctypes, resource
from pathlib import Path
from terminal.process_secrecy import forbid_memory_dumps
PR_GET_DUMPABLE = 3
forbid_memory_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))
print(int(Path("/proc/self/coredump_filter").read_text(), 16))
"""


def test_nothing_of_the_memory_may_be_dumped() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split("\n")[:2] == ["(0, 0) 0", "0"]
    assert said.stderr == ""
