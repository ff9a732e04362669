"""Orders to emulated devices over their control sockets, for a program that must not block."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulator.control import MAX_LINE_BYTES, VerbRefused

ORDER_TIMEOUT_S = 10.0


async def order(socket: Path, verb: str, arguments: Sequence[str] = (),
                timeout_s: float = ORDER_TIMEOUT_S) -> Any:
    """Send one verb and return its answer.

    Raises `VerbRefused` with the device's reason, `OSError` when nobody is there or no answer comes in time.
    """
    request = {"verb": verb, "arguments": list(arguments)}
    line = await ask_line(socket, json.dumps(request, ensure_ascii=False).encode() + b"\n", timeout_s)
    try:
        reply = json.loads(line)
        if reply["ok"]:
            return reply["answer"]
        reason = str(reply["reason"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConnectionError(f"{socket.name}: not an answer: {error}") from error
    raise VerbRefused(reason)


async def ask_line(socket: Path, line: bytes, timeout_s: float) -> bytes:
    """Send a line, return the first line that comes back. Raises `OSError` when there is none in time."""
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_unix_connection(str(socket), limit=MAX_LINE_BYTES)
        try:
            writer.write(line)
            await writer.drain()
            answer = await reader.readline()
        except ValueError as error:
            raise ConnectionError(f"{socket.name}: the answer is too long") from error
        finally:
            writer.close()
    if not answer.endswith(b"\n"):
        raise ConnectionError(f"{socket.name}: closed without an answer")
    return answer
