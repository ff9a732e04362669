"""Everything for real: watchdog, service, kiosk with software OpenGL, emulated devices on pseudo-terminals, the host.

Fingers come in through the kiosk's own input, the kiosk is killed in the middle of an entry, a second service is
refused, and the commands that people use say what there is.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from contracts.pages import Page
from simulator.bench.mirror_client import MirrorClient, Rectangle
from simulator.billing_host.demo_accounts import ALWAYS_READ
from tests.support.real_terminal import RealBench, RealTerminal, receipts_kopecks

START_S = 90.0
ANSWER_S = 30.0
TOUCH_AGAIN_S = 3.0
LOOK_S = 0.05


class Finger:
    """Touches the glass and reads the pages beside it."""

    def __init__(self, bench: RealBench) -> None:
        self.bench = bench
        self.pages = RealTerminal(bench)
        self._mirror = MirrorClient(bench.layout.mirror_socket, 0.5)

    def close(self) -> None:
        """Within the loop that has used it."""
        self.pages.close()
        self._mirror.close()

    async def until(self, holds: Callable[[Page], bool], wanted: str, limit_s: float = ANSWER_S) -> Page:
        deadline = time.monotonic() + limit_s
        while True:
            page = self.pages.page
            if page is not None and holds(page):
                return page
            assert time.monotonic() < deadline, f"no {wanted}; there is {page and (page.kind, page.heading)}"
            await asyncio.sleep(LOOK_S)

    async def touch(self, element: str) -> None:
        """Where the glass shows it; again when the first moments of a page have swallowed it."""
        before = self.pages.page
        assert before is not None
        deadline = time.monotonic() + ANSWER_S
        while True:
            places = await self.places(deadline)
            if element in places:
                await self._mirror.touch(*places[element].middle, "tap")
                again = time.monotonic() + TOUCH_AGAIN_S
                while time.monotonic() < again:
                    page = self.pages.page
                    if page is not None and page.number != before.number:
                        return
                    await asyncio.sleep(LOOK_S)
            assert time.monotonic() < deadline, f"{element} does not answer on {before.kind}"
            await asyncio.sleep(LOOK_S)

    async def places(self, deadline: float) -> dict[str, Rectangle]:
        while True:
            try:
                return await self._mirror.layout()
            except OSError:
                assert time.monotonic() < deadline, "no kiosk"
                await asyncio.sleep(LOOK_S)


async def in_service(finger: Finger) -> None:
    deadline = time.monotonic() + START_S
    while True:
        status = finger.bench.status()
        if status and status["in_service"] and status["tenders"]["cash"]["offered"] and status["shown"]:
            return
        assert time.monotonic() < deadline, status
        await asyncio.sleep(LOOK_S)


async def visit(bench: RealBench) -> None:
    finger = Finger(bench)
    try:
        await walk(bench, finger)
    finally:
        finger.close()


async def walk(bench: RealBench, finger: Finger) -> None:
    await in_service(finger)
    await finger.touch("pay")
    await finger.until(lambda page: page.kind == "account-entry", "account entry")
    for digit in ALWAYS_READ[:6]:
        await finger.touch(f"key-{digit}")
    await kill_the_kiosk(bench, finger)
    for digit in ALWAYS_READ[6:]:
        await finger.touch(f"key-{digit}")
    await finger.touch("next")
    await finger.until(lambda page: page.kind == "account-card", "account card")
    await finger.touch("pay")
    await finger.touch("amount-128430")
    await finger.touch("agree")
    for rubles, shown in ((1000, "1 000"), (500, "1 500")):
        await finger.until(lambda page: page.kind == "insert-cash" and finger.pages.takes_notes, "open slot")
        bench.ask("bill-acceptor", "insert-note", str(rubles))
        await finger.until(partial(shows, shown), shown)
    await finger.touch("finish")
    outcome = await finger.until(lambda page: page.kind == "outcome", "outcome")
    assert "1 500" in outcome.heading.replace("\u00a0", " ")


async def kill_the_kiosk(bench: RealBench, finger: Finger) -> None:
    """The screen dies; the next one shows the same page with the same digits."""
    before = finger.pages.page
    assert before is not None
    assert before.field is not None
    victim = bench.pid_of("kiosk")
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + START_S
    while True:
        try:
            if bench.pid_of("kiosk") != victim and "key-1" in await finger.places(deadline):
                break
        except LookupError:
            pass
        assert time.monotonic() < deadline, "the kiosk did not come back"
        await asyncio.sleep(LOOK_S)
    assert finger.pages.page == before


def shows(inserted_sum: str, page: Page) -> bool:
    return inserted_sum in inserted(page)


def inserted(page: Page) -> str:
    return next((each.value for each in page.figures if each.name == "inserted"), "").replace("\u00a0", " ")


@pytest.mark.system
@pytest.mark.screen
@pytest.mark.timeout(400)
def test_a_whole_visit_with_real_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with RealBench(tmp_path, speed=5.0, kiosk=True) as bench:
        bench.watchdog()
        asyncio.run(visit(bench))
        assert bench.ask("billing-host", "state")["payments_kopecks"] == 150_000
        assert receipts_kopecks(bench) == [150_000]
        second = bench.command("service", "--config", str(bench.layout.configuration))
        assert second.returncode == 3
        assert "journal.db" in second.stderr
        shown = bench.command("status", "--config", str(bench.layout.configuration), "--json")
        assert shown.returncode == 0, shown.stderr
        status = json.loads(shown.stdout)
        assert status["queue"]["unsent"] == 0
        assert status["faults"] == []
    verified = bench.command("journal", "verify", str(bench.layout.state / "journal.db"))
    assert verified.returncode == 0, verified.stdout


@pytest.mark.system
@pytest.mark.timeout(200)
def test_a_script_is_played_and_says_what_was_there_instead(tmp_path: Path) -> None:
    with RealBench(tmp_path, speed=20.0) as bench:
        service = bench.service()
        try:
            script = tmp_path / "visit.txt"
            config = str(bench.layout.configuration)
            _wait_for_the_service(bench)
            script.write_text(
                f"expect start\ntouch pay\nexpect account-entry\ntype {ALWAYS_READ}\ntouch next\nexpect account-card\n"
                "touch pay\nexpect amount\ntouch amount-128430\nexpect question\ntouch agree\nexpect insert-cash\n"
                "insert 500\ninsert 1000\ntouch finish\nexpect outcome\nshow\ntouch exit\nexpect start\n"
            )
            played = bench.command("visit", "--config", config, str(script))
            assert played.returncode == 0, played.stdout
            assert "[outcome] Оплачено" in played.stdout
            script.write_text("expect start\ntouch pay\nwait 0.1\ntype 2900000032\ntouch next\ntouch rocket\n")
            failed = bench.command("visit", "--config", config, "--patience", "3", str(script))
            assert failed.returncode == 1
            assert "touch rocket" in failed.stdout
            assert "Одна из цифр не подходит" in failed.stdout
        finally:
            service.terminate()
            service.wait(30)


def _wait_for_the_service(bench: RealBench) -> None:
    deadline = time.monotonic() + START_S
    while not (status := bench.status()) or not status["tenders"]["cash"]["offered"]:
        assert time.monotonic() < deadline, status
        time.sleep(LOOK_S)
