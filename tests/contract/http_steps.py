"""What is asked of the real HTTP transport, and a scripted server to ask it of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from terminal.ports.http import HttpRequest
from terminal.transfer.http_requests import RequestsTransport
from tests.support.raw_server import RawServer, raw_server

GET = HttpRequest("GET", "/x")
POST = HttpRequest("POST", "/x", {"Idempotency-Key": "k"}, b'{"a":1}')
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nX-Odd: Yes\r\n\r\nhi"
SHORT_S = 0.4
LONG_S = 10.0


def play(
    server: RawServer, scene: Callable[[RequestsTransport, RawServer], Awaitable[None]], **options: Any
) -> None:
    async def main() -> None:
        async with raw_server(server):
            transport = RequestsTransport(f"http://127.0.0.1:{server.port}/base/", **options)
            try:
                await scene(transport, server)
            finally:
                transport.close()

    asyncio.run(main())
