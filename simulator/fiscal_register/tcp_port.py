"""The register behind a TCP port, as over Ethernet or RNDIS: one host at a time, the newest wins."""

from __future__ import annotations

import asyncio

READ_BYTES = 4096


class TcpPort:
    """Implements `simulator.cable.Cable`. `start` must be awaited before use."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._buffer = bytearray()
        self._arrived = asyncio.Event()
        self._plugged = True

    async def start(self) -> int:
        """The port that is served: another than asked for only when that was 0."""
        self._server = await asyncio.start_server(self._accept, self._host, self._port)
        return int(self._server.sockets[0].getsockname()[1])

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._writer is not None:
            self._writer.close()
        if not self._plugged:
            writer.close()
            return
        self._writer = writer
        self._buffer.clear()
        try:
            while data := await reader.read(READ_BYTES):
                self._buffer += data
                self._arrived.set()
        except ConnectionError:
            pass
        finally:
            writer.close()
            if self._writer is writer:
                self._writer = None

    async def read(self) -> bytes:
        while not self._buffer:
            self._arrived.clear()
            await self._arrived.wait()
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    async def write(self, data: bytes) -> None:
        if self._writer is None:
            return
        try:
            self._writer.write(data)
            await self._writer.drain()
        except ConnectionError:
            self._writer = None

    def unplug(self) -> None:
        self._plugged = False
        self._buffer.clear()
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None

    def plug(self) -> None:
        self._plugged = True

    def close(self) -> None:
        self.unplug()
        if self._server is not None:
            self._server.close()
