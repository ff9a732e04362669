"""Requests and responses of HTTP/1.1, as much as one local page needs. All sizes are bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

MAX_HEAD_BYTES = 16_384
MAX_BODY_BYTES = 16_384
BODY_TIMEOUT_S = 5.0


class BadRequest(Exception):
    """The other side does not speak HTTP, or asks for more than it may; `status` is what to tell it."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def number(self, name: str) -> int:
        """A whole number of the query, 0 when it is not there. Raises `BadRequest` for anything else."""
        text = self.query.get(name, "0")
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise BadRequest(HTTPStatus.BAD_REQUEST, f"{name} is not a whole number")
        return int(text)


@dataclass(frozen=True, slots=True)
class Response:
    status: HTTPStatus
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), "application/json")


def refusal(status: HTTPStatus, reason: str) -> Response:
    return json_response({"ok": False, "reason": reason}, status)


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request, or `None` when the other side has gone. Raises `BadRequest`."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadRequest(HTTPStatus.BAD_REQUEST, "half a request") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the head is too long") from error
    method, target, headers = _read_head(head)
    body = await _read_body(reader, headers)
    try:
        parts = urlsplit(target)
    except ValueError as error:
        raise BadRequest(HTTPStatus.BAD_REQUEST, "not an address") from error
    return Request(method, parts.path, dict(parse_qsl(parts.query)), headers, body)


def _read_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    words = first.split(" ")
    if len(words) != 3 or words[2] != "HTTP/1.1" or not words[1].startswith("/"):
        raise BadRequest(HTTPStatus.BAD_REQUEST, "not a request of HTTP/1.1")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip() or name.lower() in headers:
            raise BadRequest(HTTPStatus.BAD_REQUEST, "a header line does not fit")
        headers[name.lower()] = value.strip()
    return words[0], words[1], headers


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "transfer-encoding" in headers:
        raise BadRequest(HTTPStatus.NOT_IMPLEMENTED, "only bodies of a stated length")
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise BadRequest(HTTPStatus.BAD_REQUEST, "not a length")
    if int(length) > MAX_BODY_BYTES:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_BODY_BYTES} bytes")
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await reader.readexactly(int(length))
    except (asyncio.IncompleteReadError, TimeoutError) as error:
        raise BadRequest(HTTPStatus.BAD_REQUEST, "the body did not come") from error


def encode_response(response: Response, *, keep_open: bool) -> bytes:
    headers = {
        "Content-Type": response.content_type,
        "Content-Length": str(len(response.body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Connection": "keep-alive" if keep_open else "close",
        **response.headers,
    }
    lines = [f"HTTP/1.1 {response.status.value} {response.status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + response.body
