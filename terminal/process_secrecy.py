"""What is in a process's memory stays there: no core dump of it, and no other program of the same user looks inside.

A client's data is in memory while they are at the terminal; a dump would put it on the disk in the clear.
"""

from __future__ import annotations

import ctypes
import logging
import resource
from pathlib import Path

COREDUMP_FILTER = Path("/proc/self/coredump_filter")
PR_SET_DUMPABLE = 4
"""prctl(2)."""
NOTHING = "0"

log = logging.getLogger(__name__)


def forbid_memory_dumps() -> None:
    """No core file, nothing in one that a handler makes regardless, and no tracing by programs of the same user.

    core(5): a limit of zero does not keep a handler named in `core_pattern` from being given the dump, so the filter
    and the flag say no as well. The limit and the filter are inherited by programs that this one starts.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        COREDUMP_FILTER.write_text(NOTHING, encoding="ascii")
    except OSError as error:
        log.warning("coredump_filter_not_set reason=%s", error.strerror)
    if ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0):
        log.warning("process_stays_dumpable")
