"""A server that says exactly the bytes it was given, whatever it is asked, and then hangs up or keeps silent."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class RawServer:
    says: bytes = b""
    hangs_up: bool = True
    pause_s: float = 0.0
    """Between single bytes; 0: all at once."""
    heard: list[bytes] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    _left: set[asyncio.Task[None]] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._left.add(task)
        try:
            self.heard.append(await _request(reader))
            self._changed.set()
            await self._speak(writer)
            if not self.hangs_up:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._left.discard(task)
            self._changed.set()
            writer.close()

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        pieces = [bytes((byte,)) for byte in self.says] if self.pause_s else [self.says]
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(self.pause_s)

    async def until(self, holds: Callable[[RawServer], bool]) -> None:
        """Wait until something holds of this server; looked at whenever a client is heard or leaves."""
        while not holds(self):
            self._changed.clear()
            await self._changed.wait()

    def still_open(self) -> bool:
        """Whether a client is connected."""
        return bool(self._left)

    async def drop_all(self) -> None:
        for task in tuple(self._left):
            task.cancel()
        await asyncio.gather(*self._left, return_exceptions=True)


async def _request(reader: asyncio.StreamReader) -> bytes:
    """A whole request: hanging up on an unread rest would reset the connection and may lose the answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


@asynccontextmanager
async def raw_server(server: RawServer, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.drop_all()
        await listening.wait_closed()
