"""Port of the files under the second journal: they only grow at their end, and are cut there after a power failure.

What `append` wrote may be lost, torn or kept out of order by a power cut until `sync` has returned. Every operation
raises `OSError` for what the disk refuses; after a failed `sync` nobody knows what of the file is durable, and asking
again proves nothing (the system may have dropped the pages that it could not write).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class AppendFile(Protocol):
    """One open file. Offsets and lengths are bytes."""

    def size(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes:
        """As many bytes as there are from there, at most `length`."""
        ...

    def append(self, data: bytes) -> None:
        """Add to the end. On an error any part of `data` may have been added."""
        ...

    def truncate(self, length: int) -> None:
        """Cut off everything after the first `length` bytes; durable with the next `sync`."""
        ...

    def sync(self) -> None:
        """When this returns, the content survives a power cut."""
        ...

    def close(self) -> None: ...


class AppendFolder(Protocol):
    """The folder that holds them, and nothing else."""

    def names(self) -> Sequence[str]:
        """Names of its files in order of the alphabet."""
        ...

    def open(self, name: str) -> AppendFile:
        """Open a file or make an empty one, whose name then survives a power cut. What is read of it is what the disk
        holds, not what a failed sync has left in memory."""
        ...

    def remove(self, name: str) -> None:
        """Delete a file that nobody has open."""
        ...
