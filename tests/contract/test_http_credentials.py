"""Credentials of the real HTTP transport: sent as they are, and nothing is sent without usable ones."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from terminal.ports.http import NoConnection
from terminal.transfer.http_requests import RequestsTransport
from tests.contract.http_steps import GET, LONG_S, OK, play
from tests.support.raw_server import RawServer


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
