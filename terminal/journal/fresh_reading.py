"""What is read of a file next is what the disk holds."""

from __future__ import annotations

import os
from pathlib import Path


def read_afresh(path: Path) -> None:
    """Make the system forget what it holds of a file, before anybody has it open; a missing file is left missing.

    After a sync that failed the system shows pages that it has given up writing (Rebello et al., ATC 2020): records
    behind them would go with them at a power cut. What a killed process left to the system is written first. Raises
    `OSError` of the disk.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        os.fdatasync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
