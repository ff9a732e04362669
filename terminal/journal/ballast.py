"""Ballast: disk space kept back so that money already inside can always be written down.

A file of real blocks lies beside the journal. When the disk is full and a payment is open, it is deleted; nothing
else may use what it held, and no payment begins until it is back.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

BALLAST_BYTES = 16 * 1024 * 1024
RESTORE_MARGIN_BYTES = 1024 * 1024
"""Left free when the ballast is put back, so that putting it back never fills the disk."""

log = logging.getLogger(__name__)


class Ballast:
    """The file `path` of `size` bytes. Constructing it touches nothing."""

    def __init__(self, path: Path, size: int = BALLAST_BYTES) -> None:
        self._path = path
        self._size = size

    @property
    def intact(self) -> bool:
        """All of it is there, as blocks and not as a hole."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return False
        return status.st_size >= self._size and status.st_blocks * 512 >= self._size

    def restore(self) -> bool:
        """Put it back if the disk has room for it; says whether it is there. Raises `OSError` of the disk."""
        if self.intact:
            return True
        self._path.unlink(missing_ok=True)
        if self._free() < self._size + RESTORE_MARGIN_BYTES:
            log.warning("ballast_missing free_bytes=%d", self._free())
            return False
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, self._size)
            os.fsync(handle)
        finally:
            os.close(handle)
        return True

    def release(self) -> None:
        """Give the space to the journal. Only for finishing what is known about money already inside."""
        self._path.unlink(missing_ok=True)
        log.warning("ballast_released bytes=%d", self._size)

    def spare_bytes(self) -> int:
        """Space on the partition beyond the ballast, which is owed its size while it is missing."""
        owed = 0 if self.intact else self._size
        return max(0, self._free() - owed)

    def _free(self) -> int:
        status = os.statvfs(self._path.parent)
        return status.f_bavail * status.f_frsize
