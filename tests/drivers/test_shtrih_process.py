"""The emulated register as a process of its own: over a pseudo-terminal and over TCP, ordered about by its socket."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from fiscal.documents import FiscalDocument, StorageMark
from fiscal.register_port import OutcomeUnknown, PrintState
from simulator.control import VerbRefused, ask
from simulator.fiscal_register.command import DEFAULT_ZONE
from simulator.fiscal_register.paper_image import DOTS
from terminal.devices.shtrih import storage_commands
from terminal.devices.shtrih.register import ShtrihRegister
from terminal.devices.transport import open_line
from tests.drivers.shtrih_rig import PASSWORD, receipt

READY_S = 30.0
SPEED = "20"
NO_ANSWER_S = 1.0
"""For a register on the loopback address; the driver's own patience is tried on virtual time."""


class WallClock:
    """Implements `terminal.ports.clock.Clock` with the machine's clock, in the emulator's zone."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return datetime.now(UTC).astimezone(ZoneInfo(DEFAULT_ZONE))


@contextmanager
def emulator(directory: Path, *where: str) -> Iterator[str]:
    """A running emulator; yields the address that its ready line tells."""
    command = [
        sys.executable, "-m", "simulator", "fiscal-register", *where, "--control", str(directory / "control"),
        "--state", str(directory / "storage.json"), "--speed", SPEED, "--user", 'АО "Проверка"',
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        try:
            assert ready[:2] == ["fiscal-register", "ready"], ready
            yield ready[2]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(READY_S) == 0


def driver(address: str) -> ShtrihRegister:
    return ShtrihRegister(open_line(address), WallClock(), password=PASSWORD)


async def sell(register: ShtrihRegister) -> FiscalDocument:
    document = await register.register(receipt(), await register.prepare())
    assert await register.finish_printing() is PrintState.PRINTED
    return document


@pytest.mark.system
def test_sale_over_a_pseudo_terminal_and_after_a_restart(tmp_path: Path) -> None:
    control = tmp_path / "control"

    async def first(address: str) -> FiscalDocument:
        register = driver(f"{address}?baud=115200")
        try:
            return await sell(register)
        finally:
            await register.aclose()

    with emulator(tmp_path, "--link", str(tmp_path / "register")) as address:
        document = asyncio.run(first(address))
        assert ask(control, "documents")[-1]["sign"] == document.sign
        paper = ask(control, "tape", ["text"])
        assert 'АО "Проверка"' in paper
        assert document.qr_text() in paper
        ask(control, "tape", ["png", str(tmp_path / "tape.png")])
        with Image.open(tmp_path / "tape.png") as image:
            assert image.width > DOTS
        with pytest.raises(VerbRefused):
            ask(control, "paper", ["sideways"])
    with emulator(tmp_path, "--link", str(tmp_path / "register")) as address:
        assert asyncio.run(first(address)).number == document.number + 1


@pytest.mark.system
def test_power_cut_over_tcp_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_commands, "CLOSE_S", NO_ANSWER_S)
    control = tmp_path / "control"

    async def scene(address: str) -> None:
        register = driver(address)
        mark = await register.prepare()
        await register.finish_printing()
        since = WallClock().now()
        ask(control, "cut-power", ["after-form"])
        with pytest.raises(OutcomeUnknown):
            await register.register(receipt(), mark)
        assert ask(control, "state")["powered"] is False
        ask(control, "power-on")
        found = await register.find(receipt(), mark, since)
        assert found is not None
        assert found.number == StorageMark(mark.storage, mark.last_document).last_document + 1
        await register.aclose()

    with emulator(tmp_path, "--tcp", "127.0.0.1:0") as address:
        asyncio.run(scene(address))
