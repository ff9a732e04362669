"""The client of the demonstration: reads the pages, touches what a person would, pays with notes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from contracts.envelope import MAX_LINE_BYTES, Hello, decode, encode
from contracts.pages import Page, accepts
from simulator.bench.bench import Bench
from simulator.bench.control_client import order
from simulator.demo.virtual_screen import VirtualScreen

PATIENCE_S = 60.0
LOOK_S = 0.2
GLASS_S = 0.03
TRIES = 4
ANSWER_S = 3.0
"""A touch in the first moments of a page is ignored as accidental; a person touches again."""


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
        await self.settle()
        return page

    async def touch(self, element: str) -> None:
        """Touch an element where the glass shows it, and wait for the page that follows."""
        before = await self._until(lambda page: accepts(page, element), element)
        for _ in range(TRIES):
            await self._on_glass()
            self._screen.touch(*await self._rectangle(element))
            with contextlib.suppress(NotShown):
                await self._until(lambda page: page.number != before.number, f"an answer to {element}", ANSWER_S)
                return
        raise NotShown(f"nothing answers a touch of {element}")

    async def type(self, digits: str) -> None:
        for digit in digits:
            await self.touch(f"key-{digit}")

    async def insert(self, rubles: int) -> None:
        """Put a note in and wait until the glass shows more money."""
        before = await self._until(lambda page: page.kind == "insert-cash", "insert-cash")
        await order(self._bench.layout.socket("bill-acceptor"), "insert-note", [str(rubles)])
        await self._until(lambda page: _inserted(page) != _inserted(before), f"{rubles} rubles")
        await self.settle()

    def photograph(self, path: Path) -> None:
        self._screen.photograph(path)

    async def _until(self, holds: Callable[[Page], bool], wanted: str, seconds: float = PATIENCE_S) -> Page:
        try:
            async with asyncio.timeout(seconds):
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

    async def settle(self) -> None:
        """Until the glass shows the newest page and its picture is still."""
        await self._on_glass()
        before = b""
        async with asyncio.timeout(PATIENCE_S):
            while (look := await self._bench.mirror.look(0)).jpeg != before:
                before = look.jpeg
                await asyncio.sleep(LOOK_S)

    async def _on_glass(self) -> None:
        """Until the newest page is the one that a person sees: a touch before that is meant for the page before."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                status = await self._bench.ask_service("status", {})
                if status["shown"] == status["page_number"]:
                    return
                await asyncio.sleep(GLASS_S)


def _inserted(page: Page) -> str:
    return next((figure.value for figure in page.figures if figure.name == "inserted"), "")
