"""A small HTTP/1.1 server on one event loop: keep-alive, bounded, and as faulty as it is told to be."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter, deque
from collections.abc import Callable
from http import HTTPStatus

from simulator.billing_host.behaviours import Behaviours, Kind, Wrong
from simulator.billing_host.messages import HTML, Reply, Request

log = logging.getLogger(__name__)
MAX_HEAD_BYTES = 16_384
MAX_BODY_BYTES = 1_048_576
KEPT_REPLIES = 16
"""Earlier replies, for giving them again."""
HUGE_BYTES = 2_000_000
PORTAL = "<!DOCTYPE html><html><head><title>Вход в сеть</title></head><body>Оплатите доступ</body></html>"
RETRY_AFTER_S = 2
SILENCE_STEP_S = 0.2
"""How soon a silent connection notices that the host is calm again."""


class HostServer:
    """Serves `answer`. `counts` says how many requests came, by path, and what was done to them."""

    def __init__(self, answer: Callable[[Request], Reply], behaviours: Behaviours) -> None:
        self._answer = answer
        self._behaviours = behaviours
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._replies: deque[Reply] = deque(maxlen=KEPT_REPLIES)
        self.counts: Counter[str] = Counter()

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen; returns the port, which is chosen by the system when `port` is 0."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=MAX_HEAD_BYTES, ssl=tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while (request := await _read(reader)) is not None:
                if not await self._serve(request, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
            log.debug("connection_dropped reason=%s", type(error).__name__)
        except asyncio.CancelledError:
            log.debug("connection_closed reason=stopping")
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection goes on."""
        self.counts["requests"] += 1
        self.counts[request.path] += 1
        wants = self._behaviours
        if wants.happens(Kind.LOSE_REQUESTS):
            self.counts["requests_lost"] += 1
            return False
        wrong = wants.wrong()
        reply = _from_the_front(wrong) if wrong is not None and wrong.in_front else self._answer(request)
        if wants.has(Kind.SLOW):
            await asyncio.sleep(wants.seconds(Kind.SLOW))
        while wants.has(Kind.SILENT):
            await asyncio.sleep(SILENCE_STEP_S)
        if wants.happens(Kind.LOSE_REPLIES):
            self.counts["replies_lost"] += 1
            return False
        self._replies.append(reply)
        return await self._send(self._spoilt(reply, wrong), writer, half=wrong is Wrong.HALF)

    def _spoilt(self, reply: Reply, wrong: Wrong | None) -> Reply:
        earlier = self._replies[-2] if len(self._replies) > 1 else Reply(200, b"{}")
        if wrong is Wrong.OTHER_REPLY or self._behaviours.happens(Kind.REPEAT_REPLIES):
            return earlier
        if wrong is Wrong.FAILED:
            return Reply(500, b"Internal Server Error", "text/plain")
        if wrong is Wrong.HUGE:
            return Reply(200, reply.body + b" " * HUGE_BYTES, reply.content_type)
        return reply

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter, *, half: bool) -> bool:
        data = _encoded(reply)
        if half:
            writer.write(data[:len(data) - len(reply.body) // 2])
            await writer.drain()
            return False
        pause_s = self._behaviours.seconds(Kind.DRIP)
        if not pause_s:
            writer.write(data)
            await writer.drain()
            return True
        for byte in data:
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(pause_s)
        return True


def _from_the_front(wrong: Wrong) -> Reply:
    match wrong:
        case Wrong.TOO_MANY | Wrong.UNAVAILABLE:
            return Reply(int(wrong.value), b"", "text/plain", {"Retry-After": str(RETRY_AFTER_S)})
        case Wrong.REDIRECT:
            return Reply(302, b"", "text/plain", {"Location": "/v1/health"})
        case _:
            return Reply(200, PORTAL.encode(), HTML)


def _encoded(reply: Reply) -> bytes:
    head = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(reply.body)}", *(f"{name}: {value}" for name, value in reply.headers.items())]
    return "\r\n".join((*head, "", "")).encode("latin-1") + reply.body


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request; None when the client has left. Raises `ValueError` for what is not HTTP/1.1 as we take it."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, protocol = first.split(" ")
    if not protocol.startswith("HTTP/1."):
        raise ValueError("not HTTP/1")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    if "transfer-encoding" in headers or not 0 <= length <= MAX_BODY_BYTES:
        raise ValueError("body without a length, or too long")
    return Request(method, target, headers, await reader.readexactly(length) if length else b"")
