"""The real HTTP transport against real sockets: deadlines, certainty, bounds."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Coroutine
from random import Random
from typing import Any

import pytest

from terminal.ports.http import MAX_RESPONSE_BYTES, HttpResponse, NoAnswer, NoConnection
from terminal.transfer.http_requests import WORKERS, RequestsTransport
from tests.contract.http_steps import GET, LONG_S, OK, POST, SHORT_S, play
from tests.support.raw_server import RawServer


def run(call: Coroutine[Any, Any, None]) -> None:
    asyncio.run(call)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_request_goes_out_as_given_and_the_answer_comes_back_whole() -> None:
    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        assert await transport.exchange(POST, LONG_S) == HttpResponse(
            200, {"content-length": "2", "connection": "close", "x-odd": "Yes"}, b"hi")
        head, _, body = server.heard[0].partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == "POST /base/x HTTP/1.1"
        assert body == b'{"a":1}'
        assert {"Idempotency-Key: k", "Accept-Encoding: identity", "Content-Length: 7"} <= set(lines)

    play(RawServer(OK), scene)


def test_refused_connection_is_certain() -> None:
    async def scene() -> None:
        transport = RequestsTransport(f"http://127.0.0.1:{free_port()}")
        with pytest.raises(NoConnection):
            await transport.exchange(POST, LONG_S)
        transport.close()

    run(scene())


def test_unknown_host_is_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    async def scene() -> None:
        transport = RequestsTransport("http://billing.invalid")
        monkeypatch.setattr(socket, "getaddrinfo", nowhere)
        with pytest.raises(NoConnection):
            await transport.exchange(POST, LONG_S)
        transport.close()

    run(scene())


def test_silence_is_no_answer_at_the_deadline_and_frees_the_worker() -> None:
    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        began = time.monotonic()
        exchanges = [transport.exchange(POST, SHORT_S) for _ in range(WORKERS)]
        assert all(isinstance(each, NoAnswer) for each in await asyncio.gather(*exchanges, return_exceptions=True))
        server.says, server.hangs_up = OK, True
        assert (await transport.exchange(GET, LONG_S)).body == b"hi"
        assert time.monotonic() - began < LONG_S / 2

    play(RawServer(b"", hangs_up=False), scene)


def test_one_byte_at_a_time_does_not_stretch_the_deadline() -> None:
    async def scene(transport: RequestsTransport, _: RawServer) -> None:
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            await transport.exchange(POST, SHORT_S)
        assert time.monotonic() - began < SHORT_S + 1

    play(RawServer(OK, pause_s=0.05), scene)


def test_waiting_for_a_worker_counts_and_is_certain() -> None:
    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        busy = [asyncio.create_task(transport.exchange(POST, LONG_S)) for _ in range(WORKERS)]
        async with asyncio.timeout(LONG_S):
            await server.until(lambda it: len(it.heard) == WORKERS)
        with pytest.raises(NoConnection):
            await transport.exchange(POST, SHORT_S)
        assert len(server.heard) == WORKERS
        transport.close()
        assert all(isinstance(each, NoAnswer) for each in await asyncio.gather(*busy, return_exceptions=True))
        with pytest.raises(NoConnection):
            await transport.exchange(GET, LONG_S)

    play(RawServer(b"", hangs_up=False), scene)


def test_cancelled_caller_cuts_the_exchange_off() -> None:
    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        task = asyncio.create_task(transport.exchange(POST, LONG_S))
        async with asyncio.timeout(LONG_S):
            await server.until(lambda it: bool(it.heard))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(LONG_S / 2):
            await server.until(lambda it: not it.still_open())

    play(RawServer(b"", hangs_up=False), scene)


def test_answer_cut_in_its_body_is_no_answer_and_in_its_head_has_no_body() -> None:
    head = OK.index(b"\r\n\r\n") + 4

    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        for length in range(len(OK)):
            server.says = OK[:length]
            try:
                answer = await transport.exchange(POST, LONG_S)
            except NoAnswer:
                continue
            assert length < head
            assert answer.body == b""

    play(RawServer(), scene)


def test_redirect_is_given_back_and_not_followed() -> None:
    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        answer = await transport.exchange(POST, LONG_S)
        assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")
        assert server.connections == 1

    play(RawServer(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"), scene)


def test_too_long_answer_is_cut_off() -> None:
    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        server.says = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MAX_RESPONSE_BYTES + 1)
        with pytest.raises(NoAnswer, match="longer"):
            await transport.exchange(GET, LONG_S)
        server.says = server.says[:-1]
        assert len((await transport.exchange(GET, LONG_S)).body) == MAX_RESPONSE_BYTES

    play(RawServer(), scene)


def test_compressed_answer_is_not_unpacked() -> None:
    async def scene(transport: RequestsTransport, _: RawServer) -> None:
        assert (await transport.exchange(GET, LONG_S)).body == b"hi"

    play(RawServer(OK.replace(b"X-Odd: Yes", b"Content-Encoding: gzip")), scene)


def test_cookies_and_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NETRC", "/dev/null")

    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        for _ in range(2 * WORKERS):
            await transport.exchange(GET, LONG_S)
        assert not any(b"cookie" in request.lower() for request in server.heard)

    play(RawServer(OK.replace(b"X-Odd: Yes", b"Set-Cookie: a=b; Path=/")), scene)


def test_garbage_is_no_answer() -> None:
    random = Random(7)

    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        for _ in range(150):
            garbage = random.randbytes(random.randint(0, 40))
            server.says = random.choice((garbage, OK[:random.randint(0, 60)] + garbage, b"HTTP/1.1 " + garbage + OK))
            try:
                answer = await transport.exchange(POST, LONG_S)
            except NoAnswer:
                continue
            assert isinstance(answer, HttpResponse)

    play(RawServer(), scene)
