"""The real HTTP transport over TLS: whom it trusts, and what a cut connection means."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from terminal.ports.http import NoAnswer, NoConnection
from terminal.transfer.http_requests import RequestsTransport
from tests.contract.http_steps import LONG_S, OK, POST, SHORT_S
from tests.support.raw_server import RawServer, raw_server


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
