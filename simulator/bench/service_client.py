"""Questions to the terminal's service over its socket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.envelope import MAX_LINE_BYTES, Answer, Ask, Hello, Refused, decode, encode

ASK_TIMEOUT_S = 3.0
ROLE = "status"


async def ask_service(socket: Path, what: str, arguments: Mapping[str, str] | None = None,
                      timeout_s: float = ASK_TIMEOUT_S) -> Mapping[str, Any]:
    """The body of the answer.

    Raises `OSError` when the service is not there or silent, `ValueError` with the reason when it refuses or
    says something that does not fit.
    """
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_unix_connection(str(socket), limit=2 * MAX_LINE_BYTES)
        try:
            writer.write(encode(Hello(ROLE)) + encode(Ask(what, arguments or {})))
            await writer.drain()
            return await _answer_to(what, reader)
        finally:
            writer.close()


async def _answer_to(what: str, reader: asyncio.StreamReader) -> Mapping[str, Any]:
    while line := await _line(reader):
        match decode(line):
            case Answer(what=answered, body=body) if answered == what:
                return body
            case Refused(reason=reason):
                raise ValueError(reason)
            case _:
                continue  # pages are published to everybody
    raise ConnectionError("the service closed the connection without an answer")


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError as error:
        raise ConnectionError("the service's line is too long") from error
