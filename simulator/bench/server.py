"""The bench's page and its API, on the loopback address only.

    GET  /                        the page
    GET  /state                   devices, processes, service, money: one JSON object
    GET  /journal?after=SEQ       {"records": […], "last": SEQ}, the oldest records after SEQ first
    GET  /screen.jpg?since=FRAME  the kiosk's picture with X-Frame, X-Width, X-Height; 204 while it is FRAME
    GET  /tape.png                the register's paper tape, newest at the bottom
    POST /act                     {"target": "bill-acceptor", "verb": "insert-note", "arguments": ["500"]}
                                  → {"ok": true, "answer": …} or {"ok": false, "reason": TEXT}

Orders need the token that stands in the page (header `X-Bench-Token`), so that no other web page can press a
button; a request under another host name is refused, so that no other name can be pointed here.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from simulator.bench.http_wire import (
    MAX_HEAD_BYTES,
    BadRequest,
    Request,
    Response,
    encode_response,
    json_response,
    read_request,
    refusal,
)
from simulator.bench.mirror_client import Look
from simulator.control import VerbRefused

LOOPBACK = "127.0.0.1"
IDLE_TIMEOUT_S = 60.0
MAX_CONNECTIONS = 64
PAGE = Path(__file__).parent / "page"
FILES = {"/": ("index.html", "text/html; charset=utf-8"),
         "/bench.css": ("bench.css", "text/css; charset=utf-8"),
         "/bench.js": ("bench.js", "text/javascript; charset=utf-8"),
         "/cards.js": ("cards.js", "text/javascript; charset=utf-8")}
TOKEN_MARK = b"{{token}}"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
          " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")

log = logging.getLogger(__name__)


class Desk(Protocol):
    """What the page shows and orders."""

    async def state(self) -> dict[str, Any]: ...

    async def journal(self, after: int) -> dict[str, Any]: ...

    async def screen(self, since: int) -> Look:
        """Raises `OSError` when there is no picture."""
        ...

    async def tape(self) -> bytes:
        """A PNG. Raises `OSError` or `VerbRefused` when there is none."""
        ...

    async def act(self, target: str, verb: str, arguments: Sequence[str]) -> Any:
        """Raises `VerbRefused`, `ValueError` or `OSError` with the reason."""
        ...


class BenchServer:
    """Serves one `Desk`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._token = secrets.token_urlsafe(24)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._hosts: frozenset[str] = frozenset()
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/"

    async def start(self, wanted_port: int) -> None:
        """Listen on that port, or on a free one when it is taken."""
        listen = partial(asyncio.start_server, self._accept, LOOPBACK, limit=MAX_HEAD_BYTES)
        try:
            self._server = await listen(port=wanted_port)
        except OSError:
            if wanted_port == 0:
                raise
            self._server = await listen(port=0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._hosts = frozenset(f"{name}:{self.port}" for name in (LOOPBACK, "localhost"))

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections, timeout=1.0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= MAX_CONNECTIONS:
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # the browser left, was idle for long, or the bench ends: nobody to tell
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        keep_open = True
        while keep_open:
            try:
                async with asyncio.timeout(IDLE_TIMEOUT_S):
                    request = await read_request(reader)
                if request is None:
                    return
                keep_open = request.headers.get("connection", "").lower() != "close"
                response = await self._answer(request)
            except BadRequest as error:
                keep_open = False
                response = refusal(error.status, str(error))
            writer.write(encode_response(response, keep_open=keep_open))
            async with asyncio.timeout(IDLE_TIMEOUT_S):
                await writer.drain()

    async def _answer(self, request: Request) -> Response:
        if request.headers.get("host", "") not in self._hosts:
            return refusal(HTTPStatus.MISDIRECTED_REQUEST, "the bench has another address")
        match request.method, request.path:
            case "GET", path if path in FILES:
                return self._file(path)
            case "GET", "/state":
                return json_response(await self._desk.state())
            case "GET", "/journal":
                return json_response(await self._desk.journal(request.number("after")))
            case "GET", "/screen.jpg":
                return await self._screen(request.number("since"))
            case "GET", "/tape.png":
                return await self._tape()
            case "POST", "/act":
                return await self._act(request)
            case _:
                return refusal(HTTPStatus.NOT_FOUND, "there is no such thing here")

    def _file(self, path: str) -> Response:
        name, content_type = FILES[path]
        body = (PAGE / name).read_bytes().replace(TOKEN_MARK, self._token.encode())
        return Response(HTTPStatus.OK, body, content_type, {"Content-Security-Policy": POLICY})

    async def _screen(self, since: int) -> Response:
        try:
            look = await self._desk.screen(since)
        except OSError as error:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        headers = {"X-Frame": str(look.frame), "X-Width": str(look.width), "X-Height": str(look.height)}
        if not look.jpeg:
            return Response(HTTPStatus.NO_CONTENT, headers=headers)
        return Response(HTTPStatus.OK, look.jpeg, "image/jpeg", headers)

    async def _tape(self) -> Response:
        try:
            return Response(HTTPStatus.OK, await self._desk.tape(), "image/png")
        except (OSError, VerbRefused) as error:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    async def _act(self, request: Request) -> Response:
        token = request.headers.get("x-bench-token", "")
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return refusal(HTTPStatus.FORBIDDEN, "the order does not come from the bench's page")
        try:
            body = json.loads(request.body)
            target, verb = str(body["target"]), str(body["verb"])
            arguments = [str(each) for each in body.get("arguments", ())]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRequest(HTTPStatus.BAD_REQUEST, f"not an order: {error}") from error
        log.info("order target=%s verb=%s arguments=%s", target, verb, arguments)
        try:
            return json_response({"ok": True, "answer": await self._desk.act(target, verb, arguments)})
        except (VerbRefused, ValueError, OSError) as error:
            return refusal(HTTPStatus.CONFLICT, str(error) or type(error).__name__)
