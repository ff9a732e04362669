"""Whatever is logged at the lowest level, nothing of the client's is in it, unless the workshop's switch is on."""

from __future__ import annotations

import asyncio
import logging
import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.money import Money
from simulator.bench.configuration import Setting, set_keys
from simulator.billing_host.demo_accounts import ALWAYS_READ
from terminal.commands import service as service_command
from terminal.config import load
from terminal.devices.byte_buffer import BYTES
from terminal.devices.transport import open_line
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import TerminalWorld
from tests.support.virtual_loop import run_virtually

NAME = "Белова"
IN_A_FRAME = (ALWAYS_READ.encode().hex(" "), ALWAYS_READ.encode().hex(), NAME.encode("cp1251").hex(" "))
TEXT = f"ЛС {ALWAYS_READ}".encode("cp1251")
EXAMPLE = Path(__file__).parents[2] / "terminal.example.toml"


@pytest.fixture
def levels() -> Iterator[None]:
    """Levels of loggers live as long as the process: put them back."""
    loggers = [logging.getLogger(), logging.getLogger("urllib3"), BYTES]
    before = [each.level for each in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def begin_log(folder: Path, *, workshop: bool) -> None:
    file = folder / "terminal.toml"
    settings: dict[str, Setting] = {"service.log_level": "debug", "service.log_device_bytes": workshop}
    file.write_text(set_keys(EXAMPLE.read_text(encoding="utf-8"), settings), encoding="utf-8")
    service_command._begin_log(load(file))


async def talk() -> None:
    """Something goes out on a line, and something comes in."""
    device, host_end = os.openpty()
    tty.setraw(host_end)
    stream = await open_line(f"pty://{os.ttyname(host_end)}").open()
    await stream.write(TEXT)
    os.write(device, TEXT)
    async with asyncio.timeout(5):
        assert await stream.read(100) == TEXT
    await stream.aclose()
    os.close(device)
    os.close(host_end)


def test_a_whole_visit_at_the_lowest_level(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def one_visit() -> None:
        world = TerminalWorld(tmp_path)
        world.start()
        await Person(VirtualTerminal(world), [1000], ALWAYS_READ).pay()
        assert world.paid_at_host == Money.rubles(1000)
        await world.close()

    caplog.set_level(logging.DEBUG)
    run_virtually(one_visit())
    assert "shtrih_exchange command=short status code=10 sent=5" in caplog.text
    assert "ccnet_exchange command=STACK sent=1 outcome=ANSWERED code=00 received=1" in caplog.text
    for secret in (ALWAYS_READ, NAME, *IN_A_FRAME):
        assert secret not in caplog.text


@pytest.mark.usefixtures("levels")
def test_the_bytes_of_a_line_are_not_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    begin_log(tmp_path, workshop=False)
    caplog.set_level(logging.DEBUG)
    asyncio.run(talk())
    assert IN_A_FRAME[0] not in caplog.text


@pytest.mark.usefixtures("levels")
def test_in_the_workshop_they_are(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    begin_log(tmp_path, workshop=True)
    asyncio.run(talk())
    assert "line_out address=pty://" in caplog.text
    assert caplog.text.count(TEXT.hex(" ")) == 2


@pytest.mark.usefixtures("levels")
def test_the_http_library_does_not_log_addresses(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    begin_log(tmp_path, workshop=False)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3.connectionpool").debug('https://host:443 "GET /accounts/%s HTTP/1.1" 200', ALWAYS_READ)
    assert ALWAYS_READ not in caplog.text
