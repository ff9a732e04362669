"""TCP connections as lines of bytes: serial servers, network devices, remote emulators."""

from __future__ import annotations

import asyncio

from terminal.devices.byte_buffer import ReceivingStream
from terminal.devices.line_address import TcpAddress
from terminal.ports.line import ByteStream, LineLost

CONNECT_TIMEOUT_S = 3.0
WRITE_TIMEOUT_S = 2.0


class TcpLine:
    """A device behind a TCP port: a serial server, a network device or a remote emulator."""

    def __init__(self, url: str, address: TcpAddress) -> None:
        self._url = url
        self._address = address

    @property
    def address(self) -> str:
        return self._url

    async def open(self) -> ByteStream:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, stream = await loop.create_connection(
                    lambda: TcpStream(self._url), self._address.host, self._address.port
                )
        except (OSError, TimeoutError) as error:
            raise LineLost(f"{self._url}: {error or 'no connection in time'}") from error
        return stream


class TcpStream(ReceivingStream, asyncio.Protocol):
    """An open connection."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._transport: asyncio.Transport | None = None
        self._may_write = asyncio.Event()
        self._may_write.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._may_write.set()
        self.fail(str(exc) if exc else "closed by the peer")

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    async def write(self, data: bytes) -> None:
        self.raise_if_lost()
        self.note_sent(data)
        assert self._transport is not None
        self._transport.write(data)
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                await self._may_write.wait()
        except TimeoutError:
            self.fail("writing takes too long")
        self.raise_if_lost()

    async def aclose(self) -> None:
        self.fail("closed")
        if self._transport is not None:
            self._transport.abort()
