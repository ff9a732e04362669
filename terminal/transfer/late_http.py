"""The HTTP transport, loaded when it is first needed.

Loading the `requests` library takes about as long as everything else that the service loads before it asks its
devices, and the first exchange comes later: so it is loaded beside the loop, by the first exchange.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from terminal.late_loading import load
from terminal.ports.http import HttpRequest, HttpResponse, HttpTransport

MODULE = "terminal.transfer.http_requests"


class LateTransport:
    """Implements `terminal.ports.http.HttpTransport` like `http_requests.RequestsTransport`, which it loads."""

    def __init__(self, base_url: str, ca_file: Path | None = None, credentials_file: Path | None = None) -> None:
        self._arguments = (base_url, ca_file, credentials_file)
        self._loading = asyncio.Lock()
        self._transport: HttpTransport | None = None

    async def exchange(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        transport = self._transport or await self._load()
        return await transport.exchange(request, timeout_s)

    async def _load(self) -> HttpTransport:
        async with self._loading:
            if self._transport is None:
                module = await load(MODULE)
                make: Callable[..., HttpTransport] = module.RequestsTransport
                self._transport = make(*self._arguments)
            return self._transport
