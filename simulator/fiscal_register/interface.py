"""The register's end of the line: standard low level (1.x) and numbered packets (2.0) over one machine.

Standard: an answer is kept until the host's ACK and given again on ENQ; while a command runs, ENQ is answered with ACK.
Numbered: a packet is carried out only with the next number; any other number gets the last answer again. Both forget
everything with the power. Written from "Протокол работы ККТ–ФН" 1.17, приложения 2 и 3.
"""

from __future__ import annotations

import asyncio

from simulator.cable import Cable
from simulator.fiscal_register.machine import Machine
from terminal.devices.shtrih.wire import (
    ACK,
    ENQ,
    NAK,
    NUMBERS,
    PACKET_START,
    STRAY,
    Control,
    Damaged,
    Frame,
    FrameReader,
    Packet,
    PacketReader,
    encode_frame,
    encode_packet,
)

BYTE_TIMEOUT_S = 0.1
USUAL_S = 0.005
DURATIONS_S = {b"\xff\x45": 0.25, b"\xe0": 0.4, b"\x41": 0.8, b"\x40": 0.3, b"\x88": 0.1}
"""How long commands take before they are answered."""
NEVER_S = 1e9


class Interface:
    """Serves a machine on a cable until the power goes. `speed` divides all durations."""

    def __init__(self, machine: Machine, cable: Cable, speed: float = 1.0) -> None:
        self._machine = machine
        self._cable = cable
        self._speed = speed
        self._answer: bytes | None = None
        self._running = False

    async def serve(self) -> None:
        """The first byte after power-up decides which low level is spoken. Raises `PowerCut`."""
        data = await self._cable.read()
        if data[0] == PACKET_START:
            await self._serve_packets(data)
        await self._serve_frames(data)

    async def _serve_frames(self, data: bytes) -> None:
        reader = FrameReader()
        async with asyncio.TaskGroup() as works:
            while True:
                for piece in reader.feed(data):
                    match piece:
                        case Control(byte):
                            await self._control(byte)
                        case Frame(payload):
                            await self._take(payload, works)
                        case Damaged():
                            await self._cable.write(bytes([NAK]))
                data = await self._next(reader)

    async def _next(self, reader: FrameReader) -> bytes:
        """More bytes; a frame that stops in the middle is refused after the byte timeout."""
        if reader.inside_frame:
            try:
                async with asyncio.timeout(BYTE_TIMEOUT_S):
                    return await self._cable.read()
            except TimeoutError:
                reader.abandon()
                await self._cable.write(bytes([NAK]))
        return await self._cable.read()

    async def _control(self, byte: int) -> None:
        match byte:
            case code if code == ENQ and self._running:
                await self._cable.write(bytes([ACK]))
            case code if code == ENQ and self._answer is not None:
                await self._cable.write(bytes([ACK]))
                await self._cable.write(encode_frame(self._answer))
            case code if code == ENQ:
                await self._cable.write(bytes([NAK]))
            case code if code == ACK and not self._running and self._answer is not None:
                self._answer = None
                if self._machine.settings.stray_byte:
                    await self._cable.write(bytes([STRAY]))

    async def _take(self, payload: bytes, works: asyncio.TaskGroup) -> None:
        if self._running or self._answer is not None:
            await self._cable.write(bytes([NAK]))
            return
        self._running = True
        await self._cable.write(bytes([ACK]))
        works.create_task(self._work(payload))

    async def _work(self, payload: bytes) -> None:
        answer = await self._execute(payload)
        self._answer, self._running = answer, False
        await self._cable.write(encode_frame(answer))

    async def _execute(self, payload: bytes) -> bytes:
        code = payload[:2] if payload[0] == 0xFF else payload[:1]
        await asyncio.sleep(DURATIONS_S.get(code, USUAL_S) / self._speed)
        answer = self._machine.execute(payload)
        if self._machine.settings.silent:
            await asyncio.sleep(NEVER_S)
        return answer

    async def _serve_packets(self, data: bytes) -> None:
        reader = PacketReader()
        last = Packet(0)
        while True:
            for packet in reader.feed(data):
                if isinstance(packet, Damaged):
                    continue
                if packet.number == ((last.number or 0) + 1) % NUMBERS and packet.data:
                    last = Packet(packet.number, await self._execute(packet.data))
                await self._cable.write(encode_packet(last))
            data = await self._cable.read()
