"""A line of bytes to a device."""

from __future__ import annotations

from typing import Protocol


class LineLost(Exception):
    """The line is not there or went away: unplugged, refused, reset. What was under way is *unknown*."""


class ByteStream(Protocol):
    """An open line. Bytes arrive in any split; nothing is framed."""

    async def read(self, limit: int) -> bytes:
        """Wait for at least one byte and return up to `limit`. Raises `LineLost`. Safe to cancel: nothing is lost."""
        ...

    async def write(self, data: bytes) -> None:
        """Hand all bytes to the line. Raises `LineLost`."""
        ...

    def drain_input(self) -> bytes:
        """Take and return what has already arrived, without waiting."""
        ...

    async def aclose(self) -> None:
        """Close; may be called twice."""
        ...


class Line(Protocol):
    """A line that can be opened again and again, by a stable address."""

    @property
    def address(self) -> str:
        """The configured URL, for messages."""
        ...

    async def open(self) -> ByteStream:
        """Open exclusively. Raises `LineLost` when the device node or peer is not there or is taken."""
        ...
