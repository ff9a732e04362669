"""Requests are read with every size bounded, and nothing but requests."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.bench.http_wire import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    BadRequest,
    Request,
    encode_response,
    json_response,
    read_request,
)


def read(data: bytes) -> Request | None:
    async def feed() -> Request | None:
        reader = asyncio.StreamReader(limit=MAX_HEAD_BYTES)
        reader.feed_data(data)
        reader.feed_eof()
        return await read_request(reader)

    return asyncio.run(feed())


def test_reads_a_request_with_query_and_body() -> None:
    request = read(b"POST /act?a=1&b=%20x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}rest")
    headers = {"host": "h", "content-length": "2"}
    assert request == Request("POST", "/act", {"a": "1", "b": " x"}, headers, b"{}")


def test_silence_is_no_request() -> None:
    assert read(b"") is None


@pytest.mark.parametrize(("data", "status"), [
    (b"GET / HTTP/1.1\r\nHost: h\r\n", 400),
    (b"GET /\r\n\r\n", 400),
    (b"GET http://other/ HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", 400),
    (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1), 413),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    (b"GET / HTTP/1.1\r\nX: " + b"x" * 2 * MAX_HEAD_BYTES + b"\r\n\r\n", 431),
])
def test_refuses(data: bytes, status: int) -> None:
    with pytest.raises(BadRequest) as caught:
        read(data)
    assert caught.value.status == status


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadRequest):
        read(b"GET /" + data + b"\r\n\r\n")


def test_only_plain_numbers_are_numbers() -> None:
    request = Request("GET", "/", {"good": "12", "minus": "-1", "arabic": "١", "long": "1" * 30}, {})
    assert (request.number("good"), request.number("absent")) == (12, 0)
    for name in ("minus", "arabic", "long"):
        with pytest.raises(BadRequest):
            request.number(name)


def test_a_response_says_its_length() -> None:
    answer = encode_response(json_response({"я": 1}), keep_open=True)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == '{"я": 1}'.encode()
    assert f"Content-Length: {len(body)}".encode() in head
