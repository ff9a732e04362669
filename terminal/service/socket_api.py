"""The service's Unix socket: pages out, touches and questions in.

Every client is bounded: one that does not read is let go rather than waited for, a line that is too long or not a
message is answered with the reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from contracts.envelope import MAX_LINE_BYTES, ROLES, Answer, Ask, Hello, Message, Refused, Shown, decode, encode
from contracts.pages import Page, Touch

log = logging.getLogger(__name__)

MAX_CLIENTS = 16
MAX_UNSENT_BYTES = 1_000_000
"""A client with more than this unread is let go."""
STALE_TOUCH = "the page is gone that was touched"
"""Told to those who play visits; a person at the glass sees it and touches again."""
_MAY_TOUCH = ("kiosk", "visit")

Questions = Callable[[str, Mapping[str, str]], Mapping[str, Any] | None]


class SocketApi:
    """Serves the socket; knows the present page and who is connected."""

    def __init__(self, path: Path, touched: Callable[[Touch], bool], answer: Questions) -> None:
        self._path = path
        self._touched = touched
        self._answer = answer
        self._page: Page | None = None
        self._clients: dict[asyncio.StreamWriter, str] = {}
        self.shown = 0
        """Number of the last page that a kiosk has put on the glass."""

    async def run(self) -> None:
        """Serve until cancelled. The socket belongs to its owner alone (mode 0600)."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        mask = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self._serve, self._path, limit=MAX_LINE_BYTES)
        finally:
            os.umask(mask)
        async with server:
            await server.serve_forever()

    def publish(self, page: Page) -> None:
        """Give a page to everybody who draws pages."""
        self._page = page
        readers = [writer for writer, role in self._clients.items() if role in _MAY_TOUCH]
        line = encode(page) if readers else b""
        for writer in readers:
            self._send_line(writer, line)

    def connected(self, role: str) -> int:
        """How many clients of that role are connected."""
        return sum(1 for each in self._clients.values() if each == role)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._clients) >= MAX_CLIENTS:
            self._send(writer, Refused("too many clients"))
            writer.close()
            return
        self._clients[writer] = ""
        try:
            while line := await reader.readline():
                self._take(line, writer)
        except (ConnectionError, ValueError) as error:
            # `readline` raises ValueError for a line longer than the limit.
            log.info("client_let_go why=%s", type(error).__name__)
        finally:
            self._clients.pop(writer, None)
            writer.close()

    def _take(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            message = decode(line)
        except ValueError as error:
            self._send(writer, Refused(str(error)))
            return
        role = self._clients.get(writer, "")
        match message:
            case Hello():
                self._greet(message, writer)
            case Touch() if role in _MAY_TOUCH:
                if not self._touched(message) and role == "visit":
                    self._send(writer, Refused(STALE_TOUCH))
            case Shown(page=page) if role == "kiosk":
                self.shown = page
            case Ask(what=what, arguments=arguments) if role:
                body = self._answer(what, arguments)
                reply: Message = Refused(f"unknown question: {what}") if body is None else Answer(what, body)
                self._send(writer, reply)
            case _:
                self._send(writer, Refused(f"{type(message).__name__} is not for the role {role!r}"))

    def _greet(self, hello: Hello, writer: asyncio.StreamWriter) -> None:
        if hello.role not in ROLES:
            self._send(writer, Refused(f"unknown role: {hello.role!r}"))
            return
        self._clients[writer] = hello.role
        if hello.role in _MAY_TOUCH and self._page is not None:
            self._send(writer, self._page)

    def _send(self, writer: asyncio.StreamWriter, message: Message) -> None:
        try:
            line = encode(message)
        except ValueError as error:
            line = encode(Refused(str(error)))
        self._send_line(writer, line)

    def _send_line(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        if writer.is_closing():
            return
        if writer.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            log.warning("client_reads_too_slowly")
            writer.close()
            return
        writer.write(line)
