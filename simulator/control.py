"""The control socket of an emulator: verbs in, JSON out, one line each.

A request is `{"verb": NAME, "arguments": [TEXT, …]}`; the answer is `{"ok": true, "answer": …}` or
`{"ok": false, "reason": TEXT}`. The verb `help` lists all verbs.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_LINE_BYTES = 1_048_576
CLIENT_TIMEOUT_S = 30.0

Handler = Callable[[Sequence[str]], Any | Awaitable[Any]]
"""Takes the arguments and returns something for JSON. Raises `ValueError` to refuse, with the reason."""


class VerbRefused(Exception):
    """The emulator did not do it; the text is its reason."""


@dataclass(frozen=True, slots=True)
class Verb:
    usage: str
    """Arguments and what the verb does, one line."""
    handler: Handler


class ControlServer:
    """Answers verbs on a Unix socket. Devices register their verbs before it starts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._verbs: dict[str, Verb] = {}
        self._server: asyncio.Server | None = None
        self.register("help", "list the verbs", lambda _: self._help())

    def register(self, name: str, usage: str, handler: Handler) -> None:
        """Add a verb; `usage` is its line in `help`."""
        if name in self._verbs:
            raise ValueError(f"verb {name} is registered twice")
        self._verbs[name] = Verb(usage, handler)

    async def start(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._path), limit=MAX_LINE_BYTES)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self.answer(line), ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass  # the other side left or sent no line at all; there is nobody to tell
        finally:
            writer.close()

    async def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to one request line."""
        try:
            request = json.loads(line)
            verb = self._verbs[request["verb"]]
            arguments = [str(each) for each in request.get("arguments", ())]
        except KeyError as missing:
            return _refusal(f"no such verb: {missing}; known: {', '.join(sorted(self._verbs))}")
        except (TypeError, AttributeError, ValueError) as error:
            return _refusal(f"not a request: {error}")
        try:
            answer = verb.handler(arguments)
            if inspect.isawaitable(answer):
                answer = await answer
        except (ValueError, LookupError) as error:
            return _refusal(str(error) or f"usage: {verb.usage}")
        return {"ok": True, "answer": answer}

    def _help(self) -> dict[str, str]:
        return {name: verb.usage for name, verb in sorted(self._verbs.items())}


def _refusal(reason: str) -> dict[str, Any]:
    return {"ok": False, "reason": reason}


def ask(path: Path, verb: str, arguments: Sequence[str] = (), *, timeout_s: float = CLIENT_TIMEOUT_S) -> Any:
    """Send one verb, return its answer; blocks. Raises `VerbRefused`, and `OSError` when nobody is there."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_s)
        connection.connect(str(path))
        request = {"verb": verb, "arguments": list(arguments)}
        connection.sendall(json.dumps(request, ensure_ascii=False).encode() + b"\n")
        with connection.makefile("rb") as replies:
            line = replies.readline(MAX_LINE_BYTES)
    if not line.endswith(b"\n"):
        raise ConnectionError(f"{path}: the emulator left without an answer")
    reply = json.loads(line)
    if not reply["ok"]:
        raise VerbRefused(reply["reason"])
    return reply["answer"]
