"""The page's API over real sockets, with every neighbour scripted."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.bench.bench import Bench
from simulator.bench.layout import layout_of
from simulator.bench.preparation import Wishes, prepare
from simulator.bench.server import BenchServer
from tests.system.bench_doubles import JPEG, Neighbours, neighbours


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """One request a connection."""

    def __init__(self, server: BenchServer) -> None:
        self.port = server.port
        self.token = ""

    async def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> Reply:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        sent = {"Host": f"127.0.0.1:{self.port}", "Connection": "close", "Content-Length": str(len(body)),
                **{name.replace("_", "-"): value for name, value in headers.items()}}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        first, *rest = head.decode().split("\r\n")
        return Reply(int(first.split(" ")[1]), dict(line.split(": ", 1) for line in rest), answer)

    async def open_page(self) -> str:
        page = (await self.ask("GET", "/")).body.decode()
        found = re.search(r'name="bench-token" content="([^"]+)"', page)
        assert found is not None
        self.token = found[1]
        return page

    async def order(self, target: str, verb: str, *arguments: str, **headers: str) -> Reply:
        body = json.dumps({"target": target, "verb": verb, "arguments": arguments}).encode()
        return await self.ask("POST", "/act", body, **{"X_Bench_Token": self.token, **headers})


@dataclass
class Stage:
    browser: Browser
    bench: Bench
    around: Neighbours


def play(directory: Path, scene: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        prepared = prepare(layout_of(directory), Wishes())
        async with neighbours(prepared.layout) as around:
            bench = Bench(prepared)
            server = BenchServer(bench)
            await server.start(0)
            try:
                browser = Browser(server)
                await browser.open_page()
                await scene(Stage(browser, bench, around))
            finally:
                await server.stop()
                await bench.close()

    asyncio.run(run())


def test_page_and_its_files_come_from_here_alone(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        page = await stage.browser.ask("GET", "/")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        for path in re.findall(r'(?:src|href)="(/[^"]*)"', page.body.decode()):
            assert (await stage.browser.ask("GET", path)).status == 200
        assert (await stage.browser.ask("GET", "/../server.py")).status == 404

    play(tmp_path, scene)


def test_another_port_is_taken_when_the_wanted_one_is_not_free(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        second = BenchServer(stage.bench)
        await second.start(stage.browser.port)
        try:
            assert second.port not in (0, stage.browser.port)
            assert (await Browser(second).ask("GET", "/state")).status == 200
        finally:
            await second.stop()

    play(tmp_path, scene)


def test_state_shows_all(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        stage.around.service.remember("C10", "T-1-1", value=50_000, note=1)
        stage.around.service.remember("C20", "T-1-1", value=50_000, note=1)
        await stage.browser.ask("GET", "/journal?after=0")
        state = (await stage.browser.ask("GET", "/state")).json
        assert state["devices"]["billing-host"] == {"ok": True, "value": {"payments": 0}}
        assert state["service"]["value"]["in_service"] is True
        assert state["panel"] == {"name": "portrait", "width": 1080, "height": 1920}
        assert state["processes"]["watchdog"]["running"] is False
        assert state["money"] == {"truth": 50_000, "journal": 50_000, "disputed": 0, "moving": 0,
                                  "verdict": "equal"}

    play(tmp_path, scene)


def test_a_note_that_the_journal_does_not_know_shows_at_once(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.browser.ask("GET", "/journal?after=0")
        assert (await stage.browser.ask("GET", "/state")).json["money"]["verdict"] == "unequal"

    play(tmp_path, scene)


def test_a_device_that_is_away_says_so_and_the_rest_stays(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.around.acceptor.stop()
        stage.around.service.silent = True
        state = (await stage.browser.ask("GET", "/state")).json
        assert state["devices"]["bill-acceptor"]["ok"] is False
        assert state["devices"]["fiscal-register"]["ok"] is True
        assert (state["service"]["ok"], state["money"]) == (False, None)

    play(tmp_path, scene)


def test_journal_goes_on_after_the_last_record_seen(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        for number in range(3):
            stage.around.service.remember("V10", version=str(number))
        whole = (await stage.browser.ask("GET", "/journal?after=0")).json
        assert [each["body"]["version"] for each in whole["records"]] == ["0", "1", "2"]
        rest = (await stage.browser.ask("GET", "/journal?after=2")).json
        assert [each["seq"] for each in rest["records"]] == [3]
        assert (await stage.browser.ask("GET", "/journal?after=x")).status == 400

    play(tmp_path, scene)


def test_picture_only_when_it_changed(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        first = await stage.browser.ask("GET", "/screen.jpg?since=0")
        assert (first.status, first.body, first.headers["X-Frame"]) == (200, JPEG, "7")
        assert (await stage.browser.ask("GET", "/screen.jpg?since=7")).status == 204
        await stage.around.mirror.stop()
        stage.bench.mirror.close()
        assert (await stage.browser.ask("GET", "/screen.jpg?since=7")).status == 503

    play(tmp_path, scene)


def test_tape_is_a_picture_of_the_register(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        tape = await stage.browser.ask("GET", "/tape.png")
        assert (tape.status, tape.body, tape.headers["Content-Type"]) == (200, b"\x89PNG tape", "image/png")
        await stage.around.register.stop()
        assert (await stage.browser.ask("GET", "/tape.png")).status == 503

    play(tmp_path, scene)


def test_orders_reach_the_device_and_refusals_come_back(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        done = await stage.browser.order("bill-acceptor", "insert-note", "500")
        assert (done.status, done.json) == (200, {"ok": True, "answer": {"done": "insert-note"}})
        assert stage.around.acceptor.orders == [("insert-note", "500")]
        for target, verb, reason in (("bill-acceptor", "insert-note", "the script refuses"),
                                     ("bill-acceptor", "fly", "no such verb"),
                                     ("toaster", "on", "no such target"),
                                     ("kiosk", "fly", "no such verb"), ("service", "kill", "not running")):
            refused = await stage.browser.order(target, verb, "refuse")
            assert refused.status == 409
            assert reason in refused.json["reason"]

    play(tmp_path, scene)


@pytest.mark.parametrize("headers", [{"X_Bench_Token": ""}, {"X_Bench_Token": "guess"},
                                     {"Host": "evil.example"}, {"Host": "127.0.0.1"}])
def test_no_other_page_can_press_a_button(tmp_path: Path, headers: dict[str, str]) -> None:
    async def scene(stage: Stage) -> None:
        refused = await stage.browser.order("bill-acceptor", "insert-note", "500", **headers)
        assert refused.status in (403, 421)
        assert stage.around.acceptor.orders == []

    play(tmp_path, scene)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"target": "kiosk"}', b"\xff",
                                  b'{"target":1,"verb":2,"arguments":3}'])
def test_what_is_not_an_order_is_refused(tmp_path: Path, body: bytes) -> None:
    async def scene(stage: Stage) -> None:
        reply = await stage.browser.ask("POST", "/act", body, X_Bench_Token=stage.browser.token)
        assert reply.status == 400

    play(tmp_path, scene)


def test_touches_and_keys_reach_the_kiosk(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        assert (await stage.browser.order("kiosk", "touch", "540", "900", "down")).status == 200
        assert (await stage.browser.order("kiosk", "press", "key-5")).status == 200
        assert (await stage.browser.order("kiosk", "press", "key-6")).status == 409
        assert (await stage.browser.order("kiosk", "type", "55")).status == 200
        assert (await stage.browser.order("kiosk", "type", "565")).status == 409
        assert (await stage.browser.order("kiosk", "type", "5x")).status == 409
        assert (await stage.browser.order("kiosk", "touch", "-1", "900", "down")).status == 409
        touches = [each["touch"] for each in stage.around.mirror.requests if "touch" in each]
        assert touches[:2] == [{"x": 540.0, "y": 900.0, "action": "down"},
                               {"x": 130.0, "y": 220.0, "action": "tap"}]
        assert touches[1:4] == [touches[1]] * 3
        assert touches[4]["x"] == -1.0

    play(tmp_path, scene)


def test_a_power_cut_reaches_both_devices(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        assert (await stage.browser.order("everything", "cut-power")).status == 200
        assert stage.around.acceptor.orders == stage.around.register.orders == [("cut-power", "now")]
        assert stage.around.host.orders == []
        assert (await stage.browser.ask("GET", "/state")).json["powered"] is False

    play(tmp_path, scene)
