"""Addresses, the pseudo-terminal with a real serial line on it, TCP, and the hang-up that both must notice."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from simulator.pty_port import PtyPort
from terminal.devices.byte_buffer import MAX_WAITING_BYTES, ReceivingStream
from terminal.devices.transport import check_address, open_line
from terminal.ports.line import ByteStream, LineLost

LIMIT_S = 10.0
EVERY_BYTE = bytes(range(256))


@pytest.mark.parametrize(
    "url",
    [
        "serial:///dev/terminal/bill-acceptor?baud=9600",
        "serial:///dev/ttyS0",
        "serial:///dev/ttyS0?baud=19200&parity=E",
        "pty:///run/links/acceptor?baud=9600",
        "tcp://192.168.1.7:4001",
        "tcp://[::1]:4001",
    ],
)
def test_good_addresses_make_a_line_without_touching_anything(url: str) -> None:
    assert check_address(url) is None
    assert open_line(url).address == url


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "unknown kind of line"),
        ("usb:///dev/x", "unknown kind of line 'usb'"),
        ("serial://dev/ttyS0", "absolute path"),
        ("serial:///", "absolute path"),
        ("serial:///dev/ttyS0?speed=9600", "unknown option 'speed'"),
        ("serial:///dev/ttyS0?baud=9601", "unknown speed '9601'"),
        ("serial:///dev/ttyS0?baud=", "unknown speed ''"),
        ("serial:///dev/ttyS0?parity=odd", "unknown parity 'odd'"),
        ("serial:///dev/ttyS0#1", "after '#'"),
        ("tcp://host", "host and a port"),
        ("tcp://host:port", "allowed"),
        ("tcp://host:70000", "allowed"),
        ("tcp://host:1/path", "nothing else"),
    ],
)
def test_bad_addresses_are_refused_with_what_is_allowed(url: str, complaint: str) -> None:
    found = check_address(url)
    assert found is not None
    assert complaint in found
    assert "tcp://HOST:PORT" in found
    with pytest.raises(ValueError, match="allowed"):
        open_line(url)


def test_a_missing_device_is_a_lost_line(tmp_path: Path) -> None:
    with pytest.raises(LineLost, match="nowhere"):
        asyncio.run(open_line(f"serial://{tmp_path}/nowhere").open())


async def _read_exactly(stream: ByteStream, count: int) -> bytes:
    data = b""
    async with asyncio.timeout(LIMIT_S):
        while len(data) < count:
            data += await stream.read(count - len(data))
    return data


async def _cable_read_exactly(port: PtyPort, count: int) -> bytes:
    data = b""
    async with asyncio.timeout(LIMIT_S):
        while len(data) < count:
            data += await port.read()
    return data


def test_every_byte_value_passes_a_pseudo_terminal_both_ways_and_nothing_echoes(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = PtyPort(tmp_path / "link")
        stream = await open_line(f"pty://{tmp_path}/link?baud=19200&parity=E").open()
        await stream.write(EVERY_BYTE)
        assert await _cable_read_exactly(port, 256) == EVERY_BYTE
        await port.write(EVERY_BYTE)
        assert await _read_exactly(stream, 256) == EVERY_BYTE
        assert stream.drain_input() == b""
        await stream.aclose()
        await stream.aclose()
        port.close()

    asyncio.run(scenario())


def test_a_pseudo_terminal_survives_the_host_closing_and_opening_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = PtyPort(tmp_path / "link")
        line = open_line(f"pty://{tmp_path}/link")
        for round_number in range(3):
            stream = await line.open()
            await stream.write(bytes((round_number,)))
            assert await _cable_read_exactly(port, 1) == bytes((round_number,))
            await stream.aclose()
        port.close()

    asyncio.run(scenario())


def test_two_programs_cannot_have_one_port(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = PtyPort(tmp_path / "link")
        line = open_line(f"pty://{tmp_path}/link")
        stream = await line.open()
        with pytest.raises(LineLost):
            await line.open()
        await stream.aclose()
        await (await line.open()).aclose()
        port.close()

    asyncio.run(scenario())


def test_pulling_the_cable_wakes_a_reader_with_a_lost_line_and_plugging_restores_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = PtyPort(tmp_path / "link")
        line = open_line(f"pty://{tmp_path}/link")
        stream = await line.open()
        reading = asyncio.ensure_future(stream.read(1))
        await asyncio.sleep(0)
        port.unplug()
        with pytest.raises(LineLost):
            async with asyncio.timeout(LIMIT_S):
                await reading
        with pytest.raises(LineLost):
            await stream.write(b"x")
        await stream.aclose()
        assert not os.path.lexists(tmp_path / "link")
        with pytest.raises(LineLost):
            await line.open()
        port.plug()
        again = await line.open()
        await again.write(b"x")
        assert await _cable_read_exactly(port, 1) == b"x"
        await again.aclose()
        port.close()

    asyncio.run(scenario())


def test_a_cancelled_read_loses_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = PtyPort(tmp_path / "link")
        stream = await open_line(f"pty://{tmp_path}/link").open()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await stream.read(4)
        await port.write(b"late")
        assert await _read_exactly(stream, 4) == b"late"
        await stream.aclose()
        port.close()

    asyncio.run(scenario())


def test_tcp_carries_bytes_and_notices_the_peer_leaving() -> None:
    async def scenario() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readexactly(4))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host, number = server.sockets[0].getsockname()
        stream = await open_line(f"tcp://{host}:{number}").open()
        await stream.write(b"ping")
        assert await _read_exactly(stream, 4) == b"ping"
        with pytest.raises(LineLost):
            async with asyncio.timeout(LIMIT_S):
                await stream.read(1)
        await stream.aclose()
        server.close()
        await server.wait_closed()
        with pytest.raises(LineLost):
            await open_line(f"tcp://{host}:{number}").open()

    asyncio.run(scenario())


def test_what_nobody_reads_is_bounded_and_the_newest_stays() -> None:
    stream = ReceivingStream("buffer")
    stream.feed(b"old" * MAX_WAITING_BYTES)
    stream.feed(b"new")
    kept = stream.drain_input()
    assert len(kept) == MAX_WAITING_BYTES
    assert kept.endswith(b"new")
