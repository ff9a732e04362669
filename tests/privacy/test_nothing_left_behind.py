"""Nothing personal is left behind by a visit: not on disk in the clear, not in the log at its lowest level, not in what
technicians are shown, not on the page of the next client, not in the report of a crash."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from dataclasses import asdict
from pathlib import Path

import pytest

from contracts.pages import PageKind, Touch
from terminal.journal.export import ExportFormat, export
from terminal.service import receipt_desk
from tests.privacy.canaries import ACCOUNT, READINGS, found_in_files, found_in_text, of_the_client, spelled
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import Life, TerminalWorld
from tests.support.virtual_loop import run_virtually

STEP_S = 0.25
SEND_LIMIT_S = 120.0


class Reader(Person):
    """Gives the readings of a meter with two registers before paying."""

    def __init__(self, terminal: VirtualTerminal) -> None:
        super().__init__(terminal, [], ACCOUNT)
        self.waiting = list(READINGS)

    def step(self) -> None:
        page = self.terminal.page
        assert page is not None
        match page.kind:
            case PageKind.START | PageKind.ACCOUNT_CARD:
                self._touch(page, "readings")
            case PageKind.READING_ENTRY:
                self._type_reading()
            case PageKind.QUESTION:
                for element in ("confirm", "send"):
                    self._touch(page, element)
            case _:
                super().step()

    def _type_reading(self) -> None:
        for digit in self.waiting.pop(0):
            self._touch_now(f"key-{digit}")
        self._touch_now("next")

    def _touch_now(self, element: str) -> None:
        page = self.terminal.page
        assert page is not None
        self._touch(page, element)


async def leave(life: Life) -> None:
    life.service.visits.touched(Touch(life.page.number, "exit"))
    while life.page.kind is not PageKind.START:
        await asyncio.sleep(STEP_S)


async def one_client(world: TerminalWorld) -> str:
    """A client gives readings, pays and goes; returns whatever is seen of it afterwards without the keys."""
    life = world.start()
    while not life.service.health.offers.cash.offered:
        await asyncio.sleep(STEP_S)
    if not world.osmp:
        await Reader(VirtualTerminal(world)).pay()
        await leave(life)
        assert life.opened.journal.latest("R30") is not None
    await Person(VirtualTerminal(world), [1000], ACCOUNT).pay()
    await leave(life)
    async with asyncio.timeout(SEND_LIMIT_S):
        while life.opened.outbox.totals().count:
            await asyncio.sleep(STEP_S)
    life.opened.journal.rest()
    shown = [asdict(life.page), life.service.status.status(), life.service.status.answer("journal", {})]
    return json.dumps(shown, ensure_ascii=False, default=str)


@pytest.mark.parametrize("osmp", [False, True])
def test_a_visit(tmp_path: Path, caplog: pytest.LogCaptureFixture, osmp: bool) -> None:
    async def visit() -> str:
        world = TerminalWorld(tmp_path)
        if osmp:
            world.osmp, world.http.base = True, "/osmp"
        try:
            return await one_client(world)
        finally:
            await world.close()

    caplog.set_level(logging.DEBUG)
    canaries = of_the_client()
    assert found_in_text(run_virtually(visit()), canaries) == []
    assert found_in_text(caplog.text, canaries) == []
    export(tmp_path / "journal.db", tmp_path / "exported", list(ExportFormat))
    assert len(list((tmp_path / "exported").iterdir())) > 10
    assert found_in_files(tmp_path, canaries | spelled(*(f'"kwh":{int(each)}' for each in READINGS))) == []


def test_a_crash_in_the_middle(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("a defect")

    async def visit() -> str:
        world = TerminalWorld(tmp_path)
        life = world.start()
        paying = asyncio.create_task(Person(VirtualTerminal(world), [1000], ACCOUNT).pay())
        while not life.ended:
            await asyncio.sleep(STEP_S)
        paying.cancel()
        report = ""
        try:
            await life.buried()
        except ExceptionGroup as error:
            report = "".join(traceback.format_exception(error))
        world.life = None
        await world.close()
        return report

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(receipt_desk, "build_receipt", broken)
    report = run_virtually(visit())
    assert "RuntimeError: a defect" in report
    canaries = of_the_client()
    assert found_in_text(report, canaries) == []
    assert found_in_text(caplog.text, canaries) == []
    assert found_in_files(tmp_path, canaries) == []


def test_the_search_finds_what_lies_in_the_clear(tmp_path: Path) -> None:
    canaries = of_the_client()
    for number, form in enumerate(canaries.values()):
        (tmp_path / f"{number:03d}").write_bytes(b"\0" + form + b"\0")
    assert {name.split(":")[0] for name in found_in_files(tmp_path, canaries)} == {
        f"{number:03d}" for number in range(len(canaries))
    }
