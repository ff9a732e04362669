"""Nothing personal is left behind: not on disk in the clear, not in the log, not on the page of the next client."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

import pytest

from contracts.pages import PageKind, Touch
from simulator.billing_host.demo_accounts import ALWAYS_READ
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TerminalWorld
from tests.support.virtual_loop import run_virtually

SECRETS = (ALWAYS_READ, "Белова", "Ломоносова")


async def one_visit(directory: Path) -> str:
    """A client pays and goes; returns the page that the next one finds."""
    world = TerminalWorld(directory)
    life = world.start()
    try:
        await Person(VirtualTerminal(world), [1000], ALWAYS_READ).pay()
        life.service.visits.touched(Touch(life.page.number, "exit"))
        assert life.page.kind is PageKind.START
        status = json.dumps(life.service.status.status(), ensure_ascii=False)
        records = json.dumps(life.service.status.answer("journal", {}), ensure_ascii=False)
        return json.dumps(asdict(life.page), ensure_ascii=False) + status + records
    finally:
        await world.close()


def test_nothing_personal_is_left_behind(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    seen_later = run_virtually(one_visit(tmp_path))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "journal.db" for path in files)
    for secret in SECRETS:
        assert secret not in seen_later
        assert secret not in caplog.text
        for path in files:
            assert secret.encode() not in path.read_bytes(), (secret, path.name)
