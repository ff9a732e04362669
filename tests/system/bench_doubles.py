"""A bench's neighbours played from a script: devices, service and kiosk on real sockets in one loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from contracts.envelope import Answer, Ask, Hello, Refused, decode, encode
from simulator.bench.layout import BenchLayout
from simulator.control import ControlServer

JPEG = b"\xff\xd8 a picture \xff\xd9"


class ScriptedDevice:
    """Answers `state` with what it is told and every verb it knows with its arguments; keeps all orders."""

    def __init__(self, socket: Path, state: Mapping[str, Any], verbs: Sequence[str] = ()) -> None:
        self.state = dict(state)
        self.orders: list[tuple[str, ...]] = []
        self._control = ControlServer(socket)
        self._control.register("state", "what is going on", lambda _: self.state)
        for verb in verbs:
            self._control.register(verb, f"do {verb}", partial(self._obey, verb))

    def _obey(self, verb: str, words: Sequence[str]) -> dict[str, Any]:
        if "refuse" in words:
            raise ValueError("the script refuses")
        if verb == "tape":
            Path(words[1]).write_bytes(b"\x89PNG tape")
        self.orders.append((verb, *words))
        return {"done": verb}

    async def start(self) -> None:
        await self._control.start()

    async def stop(self) -> None:
        await self._control.stop()


@dataclass
class ScriptedService:
    """Answers `status` and `journal`."""

    socket: Path
    status: dict[str, Any] = field(default_factory=lambda: {"in_service": True, "faults": []})
    records: list[dict[str, Any]] = field(default_factory=list)
    silent: bool = False
    _server: asyncio.Server | None = None

    def remember(self, kind: str, payment: str = "", **body: object) -> None:
        self.records.append({"seq": len(self.records) + 1, "at": "2026-03-02T10:00:00+03:00", "kind": kind,
                             "payment": payment, "body": json.dumps(body)})

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self.socket))

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            match decode(line):
                case Hello():
                    pass
                case Ask(what="status") if not self.silent:
                    writer.write(encode(Answer("status", self.status)))
                case Ask(what="journal", arguments=arguments) if not self.silent:
                    newer = [each for each in self.records if each["seq"] > int(arguments["after"])]
                    writer.write(encode(Answer("journal", {"records": newer[: int(arguments["limit"])]})))
                case Ask(what=what) if not self.silent:
                    writer.write(encode(Refused(f"unknown question {what}")))
        writer.close()


@dataclass
class ScriptedMirror:
    """A kiosk's mirror with one picture and one key."""

    socket: Path
    frame: int = 7
    picture: bytes = JPEG
    requests: list[dict[str, Any]] = field(default_factory=list)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self.socket))

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            request = json.loads(line)
            self.requests.append(request)
            writer.write(self._answer(request))
        writer.close()

    def _answer(self, request: Mapping[str, Any]) -> bytes:
        if "look" in request:
            picture = b"" if request["look"]["since"] == self.frame else self.picture
            header = {"bytes": len(picture), "width": 540, "height": 960, "frame": self.frame}
            return json.dumps(header).encode() + b"\n" + picture
        if "layout" in request:
            key = {"name": "key-5", "enabled": True, "x": 100, "y": 200, "width": 60, "height": 40}
            return json.dumps({"elements": [key]}).encode() + b"\n"
        if request["touch"]["x"] < 0:
            return json.dumps({"error": "beside the panel"}).encode() + b"\n"
        return json.dumps({"done": True}).encode() + b"\n"


@dataclass
class Neighbours:
    """All of them."""

    acceptor: ScriptedDevice
    register: ScriptedDevice
    host: ScriptedDevice
    service: ScriptedService
    mirror: ScriptedMirror


@asynccontextmanager
async def neighbours(layout: BenchLayout) -> AsyncIterator[Neighbours]:
    """Running while the context is open."""
    made = Neighbours(
        ScriptedDevice(layout.socket("bill-acceptor"), {"cassette": {"100": 3}, "collected": {"200": 1}},
                       ("insert-note", "cut-power", "power-on")),
        ScriptedDevice(layout.socket("fiscal-register"), {"documents": 1},
                       ("tape", "paper", "cut-power", "power-on")),
        ScriptedDevice(layout.socket("billing-host"), {"payments": 0}, ("calm",)),
        ScriptedService(layout.service_socket),
        ScriptedMirror(layout.mirror_socket),
    )
    everyone = (made.acceptor, made.register, made.host, made.service, made.mirror)
    for each in everyone:
        await each.start()
    try:
        yield made
    finally:
        for each in everyone:
            await each.stop()
