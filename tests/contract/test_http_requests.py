"""The real HTTP transport against real sockets: deadlines, certainty, bounds, TLS, credentials."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from terminal.ports.http import MAX_RESPONSE_BYTES, HttpRequest, HttpResponse, NoAnswer, NoConnection
from terminal.transfer.http_requests import WORKERS, RequestsTransport
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


@pytest.mark.parametrize(("secrets", "header"), [
    ({"token": "abc.DEF-1"}, "Bearer abc.DEF-1"),
    ({"user": "терминал", "password": "a:b"}, "Basic " + base64.b64encode("терминал:a:b".encode()).decode()),
])
def test_credentials_go_out(tmp_path: Path, secrets: dict[str, str], header: str) -> None:
    file = tmp_path / "credentials"
    file.write_text(json.dumps(secrets))
    file.chmod(0o600)

    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        await transport.exchange(GET, LONG_S)
        assert f"Authorization: {header}\r\n".encode() in server.heard[0]

    play(RawServer(OK), scene, credentials_file=file)


@pytest.mark.parametrize(("text", "mode"), [
    (None, 0o600), ("{}", 0o600), ("no json", 0o600), ('{"token": "a b"}', 0o600), ('{"token": 5}', 0o600),
    ('{"user": "a:b", "password": "c"}', 0o600), ('{"token": "a\\nX: y"}', 0o600), ('{"token": "abc"}', 0o644),
])
def test_unusable_credentials_send_nothing(tmp_path: Path, text: str | None, mode: int) -> None:
    file = tmp_path / "credentials"
    if text is not None:
        file.write_text(text)
        file.chmod(mode)

    async def scene(transport: RequestsTransport, server: RawServer) -> None:
        with pytest.raises(NoConnection) as caught:
            await transport.exchange(GET, LONG_S)
        assert "abc" not in str(caught.value)
        assert server.heard == []

    play(RawServer(OK), scene, credentials_file=file)


def certificate(folder: Path, *, days: int = 1) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "host")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=30)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256()))
    file = folder / f"host{days}.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return file


def over_tls(
    file: Path, server: RawServer, ca_file: Path | None, scene: Callable[[RequestsTransport], Awaitable[None]]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    async def main() -> None:
        async with raw_server(server, context):
            transport = RequestsTransport(f"https://127.0.0.1:{server.port}", ca_file)
            try:
                await scene(transport)
            finally:
                transport.close()

    asyncio.run(main())


def test_tls_with_the_right_authority(tmp_path: Path) -> None:
    async def scene(transport: RequestsTransport) -> None:
        assert (await transport.exchange(POST, LONG_S)).body == b"hi"

    file = certificate(tmp_path)
    over_tls(file, RawServer(OK), file, scene)


@pytest.mark.parametrize("days", [1, -1])
def test_tls_with_an_unknown_authority_or_expired_sends_nothing(tmp_path: Path, days: int) -> None:
    server = RawServer(OK)

    async def scene(transport: RequestsTransport) -> None:
        with pytest.raises(NoConnection):
            await transport.exchange(POST, LONG_S)
        assert server.heard == []

    file = certificate(tmp_path, days=days)
    over_tls(file, server, file if days < 0 else None, scene)


def test_tls_cut_or_silent_is_no_answer(tmp_path: Path) -> None:
    server = RawServer(OK[:-1])

    async def scene(transport: RequestsTransport) -> None:
        with pytest.raises(NoAnswer):
            await transport.exchange(POST, LONG_S)
        server.hangs_up = False
        with pytest.raises(NoAnswer):
            await transport.exchange(POST, SHORT_S)

    file = certificate(tmp_path)
    over_tls(file, server, file, scene)
