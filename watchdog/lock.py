"""Only one watchdog: a lock on a file, held as long as the process lives, with its process id inside.

A disk that cannot be written must not keep the terminal dark: what the watchdog needs while it runs, lock and socket,
then lies in a folder that does not outlive the boot.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path

_OTHERS = 0o077


def runtime_folder(folder: Path) -> Path:
    """The folder itself, or, when nothing can be made in it, one for this user in `RUNTIME_DIRECTORY` of systemd or
    the temporary folder; the same one for the same `folder`. Raises `OSError` when that cannot be used either."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        name = f"terminal-watchdog-{os.getuid()}-{hashlib.sha256(bytes(folder)).hexdigest()[:16]}"
        other = Path(os.environ.get("RUNTIME_DIRECTORY") or tempfile.gettempdir()) / name
        other.mkdir(mode=0o700, exist_ok=True)
        status = other.lstat()
        if status.st_uid != os.getuid() or status.st_mode & _OTHERS:
            raise PermissionError(f"{other} belongs to somebody else") from None
        return other


class AlreadyRunning(Exception):
    """Another watchdog holds the lock; the text is its process id as far as it is known."""


class Lock:
    """The lock, held from `take` until the process ends or `release`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Raises `AlreadyRunning`, or `OSError` when the file cannot be made."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunning(holder or "?") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock up; may be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
