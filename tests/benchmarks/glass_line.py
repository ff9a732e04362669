"""The line between a kiosk and the service, listened to: which page was sent, and when it was on the glass.

Times are those of the running loop, in seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contracts.envelope import MAX_LINE_BYTES, Shown, decode, encode
from contracts.pages import Page, Touch

KEPT_PAGES = 256
"""Pages that the kiosk has been sent and may still confirm."""
PATIENCE_S = 60.0

Condition = Callable[[Page], bool]


@dataclass(frozen=True, slots=True)
class Seen:
    """A page on the glass, and the time at which the kiosk said so."""

    page: Page
    at: float


class GlassLine:
    """Listens where the kiosk looks for the service, and passes everything on. Use as an async context manager."""

    def __init__(self, listen: Path, service: Path) -> None:
        self._listen = listen
        self._service = service
        self._server: asyncio.Server | None = None
        self._to_service: asyncio.StreamWriter | None = None
        self._pages: dict[int, Page] = {}
        self._waiting: list[tuple[Condition, asyncio.Future[Seen]]] = []
        self._pumps: set[asyncio.Task[None]] = set()
        self.page: Page | None = None
        """The newest page that the service has sent."""
        self.glass: Seen | None = None
        """The newest page that the kiosk has shown."""

    async def __aenter__(self) -> GlassLine:
        self._server = await asyncio.start_unix_server(self._accept, str(self._listen), limit=2 * MAX_LINE_BYTES)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for pump in tuple(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def touch(self, element: str) -> None:
        """Touch an element of the newest page, in the kiosk's place."""
        if self._to_service is None or self.page is None:
            raise ConnectionError("the kiosk has not called the service yet")
        self._to_service.write(encode(Touch(self.page.number, element)))

    async def shown(self, holds: Condition, after: Seen | None = None) -> Seen:
        """Wait until such a page is on the glass; later than `after`, if given. Raises `TimeoutError` in the end."""
        if self.glass is not None and self.glass is not after and holds(self.glass.page):
            return self.glass
        future: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
        entry = (holds, future)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await future
        except TimeoutError as error:
            there = f"{self.glass.page.kind}: {self.glass.page.heading}" if self.glass else "no page"
            raise TimeoutError(f"the glass shows {there}") from error
        finally:
            self._waiting.remove(entry)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_service, to_service = await asyncio.open_unix_connection(
                str(self._service), limit=2 * MAX_LINE_BYTES)
        except OSError:
            writer.close()  # as if nobody had answered the kiosk
            return
        self._to_service = to_service
        for pump in (self._pages_out(from_service, writer), self._words_in(reader, to_service)):
            task = asyncio.create_task(pump)
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _pages_out(self, from_service: asyncio.StreamReader, to_kiosk: asyncio.StreamWriter) -> None:
        while line := await from_service.readline():
            message = decode(line)
            if isinstance(message, Page):
                self.page = self._pages[message.number] = message
                self._pages.pop(message.number - KEPT_PAGES, None)
            to_kiosk.write(line)
        to_kiosk.close()

    async def _words_in(self, from_kiosk: asyncio.StreamReader, to_service: asyncio.StreamWriter) -> None:
        while line := await from_kiosk.readline():
            at = asyncio.get_running_loop().time()
            to_service.write(line)
            message = decode(line)
            if isinstance(message, Shown) and message.page in self._pages:
                self._on_the_glass(Seen(self._pages[message.page], at))
        to_service.close()

    def _on_the_glass(self, seen: Seen) -> None:
        self.glass = seen
        for holds, future in self._waiting:
            if not future.done() and holds(seen.page):
                future.set_result(seen)
