"""The client of the demonstration: reads the pages, touches what a person would, pays with notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from contracts.envelope import MAX_LINE_BYTES, Hello, decode, encode
from contracts.pages import Page, accepts
from simulator.bench.bench import Bench
from simulator.bench.control_client import order
from simulator.demo.virtual_screen import VirtualScreen

PATIENCE_S = 60.0
LOOK_S = 0.2


class NotShown(Exception):
    """What the client waited for did not come; the text says what was there instead."""


class DemoClient:
    def __init__(self, bench: Bench, screen: VirtualScreen) -> None:
        self._bench = bench
        self._screen = screen
        self.page: Page | None = None
        self._changed = asyncio.Event()

    async def follow(self) -> None:
        """Read the pages that the service publishes, until cancelled."""
        reader, writer = await asyncio.open_unix_connection(
            str(self._bench.layout.service_socket), limit=2 * MAX_LINE_BYTES
        )
        try:
            writer.write(encode(Hello("visit")))
            while line := await reader.readline():
                message = decode(line)
                if isinstance(message, Page):
                    self.page = message
                    self._changed.set()
        finally:
            writer.close()

    async def expect(self, kind: str) -> Page:
        """Wait for a kind of page, and for its picture to be still."""
        page = await self._until(lambda page: page.kind == kind, kind)
        await self._calm()
        return page

    async def touch(self, element: str) -> None:
        """Touch an element where the glass shows it, and wait for the page that follows."""
        before = await self._until(lambda page: accepts(page, element), element)
        rectangle = await self._rectangle(element)
        self._screen.touch(*rectangle)
        await self._until(lambda page: page.number != before.number, f"an answer to {element}")

    async def type(self, digits: str) -> None:
        for digit in digits:
            await self.touch(f"key-{digit}")

    async def insert(self, rubles: int) -> None:
        """Put a note in and wait until the glass shows more money."""
        before = await self._until(lambda page: page.kind == "insert-cash", "insert-cash")
        await order(self._bench.layout.socket("bill-acceptor"), "insert-note", [str(rubles)])
        await self._until(lambda page: _inserted(page) != _inserted(before), f"{rubles} rubles")
        await self._calm()

    def photograph(self, path: Path) -> None:
        self._screen.photograph(path)

    async def _until(self, holds: Callable[[Page], bool], wanted: str) -> Page:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self.page is None or not holds(self.page):
                    self._changed.clear()
                    await self._changed.wait()
                return self.page
        except TimeoutError as error:
            there = f"{self.page.kind}: {self.page.heading}" if self.page else "no page"
            raise NotShown(f"waited for {wanted}, but there was {there}") from error

    async def _rectangle(self, element: str) -> tuple[float, float]:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                places = await self._bench.mirror.layout()
                if element in places:
                    return places[element].middle
                await asyncio.sleep(LOOK_S)

    async def _calm(self) -> None:
        """Until two looks one after the other show the same picture."""
        before = b""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                look = await self._bench.mirror.look(0)
                if look.jpeg == before:
                    return
                before = look.jpeg
                await asyncio.sleep(LOOK_S)


def _inserted(page: Page) -> str:
    return next((figure.value for figure in page.figures if figure.name == "inserted"), "")
