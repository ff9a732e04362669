"""A cable inside one process: the driver's end is a `Line`, the other end a `simulator.cable.Cable`."""

from __future__ import annotations

import asyncio

from terminal.devices.byte_buffer import ReceivingStream
from terminal.ports.line import ByteStream, LineLost


class InMemoryStream(ReceivingStream):
    """The host's open end."""

    def __init__(self, cable: InMemoryCable) -> None:
        super().__init__(cable.address)
        self._cable = cable

    async def write(self, data: bytes) -> None:
        self.raise_if_lost()
        self.note_sent(data)
        self._cable.receive_from_host(data)

    async def aclose(self) -> None:
        self.fail("closed")
        self._cable.host_closed(self)


class InMemoryLine:
    """Implements `terminal.ports.line.Line`."""

    def __init__(self, cable: InMemoryCable) -> None:
        self._cable = cable

    @property
    def address(self) -> str:
        return self._cable.address

    async def open(self) -> ByteStream:
        return self._cable.open_for_host()


class InMemoryCable:
    """Implements `simulator.cable.Cable`; `line` is for the driver. `heard` and `said` keep all traffic."""

    def __init__(self, address: str = "pipe://device") -> None:
        self.address = address
        self.line = InMemoryLine(self)
        self.heard = bytearray()
        """All bytes from the host."""
        self.said = bytearray()
        """All bytes that reached the host."""
        self.opened = 0
        """How many times the host has opened the line."""
        self._plugged = True
        self._host: InMemoryStream | None = None
        self._arrived = asyncio.Event()
        self._buffer = bytearray()

    def open_for_host(self) -> InMemoryStream:
        if not self._plugged:
            raise LineLost(f"{self.address}: not plugged in")
        if self._host is not None:
            raise LineLost(f"{self.address}: taken")
        self.opened += 1
        self._host = InMemoryStream(self)
        return self._host

    def receive_from_host(self, data: bytes) -> None:
        self.heard += data
        self._buffer += data
        self._arrived.set()

    def drop_host(self) -> None:
        """The host's process is gone: nothing more comes from it, and what it has not read is lost."""
        if self._host is not None:
            self._host.fail("the host is gone")
            self._host = None

    def host_closed(self, stream: InMemoryStream) -> None:
        if self._host is stream:
            self._host = None

    async def read(self) -> bytes:
        while not self._buffer:
            self._arrived.clear()
            await self._arrived.wait()
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    async def write(self, data: bytes) -> None:
        if self._host is not None and not self._host.is_lost:
            self.said += data
            self._host.feed(data)

    def unplug(self) -> None:
        self._plugged = False
        self._buffer.clear()
        if self._host is not None:
            self._host.fail("hang-up")

    def plug(self) -> None:
        self._plugged = True

    def close(self) -> None:
        self.unplug()
