"""The dialogue of protocol 2.0: numbered packets, each number carried out once while the power stays on.

After silence the register is pinged and names the last number that it carried out: if it is ours the packet holds the
answer, if it is the one before ours the same packet goes again. The counter does not survive the power, so any other
number leaves the outcome unknown. Source: "Протокол работы ККТ–ФН" 1.17, альтернативный протокол нижнего уровня.
"""

from __future__ import annotations

import asyncio
from collections import deque

from terminal.devices.shtrih.answers import belongs
from terminal.devices.shtrih.commands import Command, device_type
from terminal.devices.shtrih.conversation import NotTaken, Unanswered
from terminal.devices.shtrih.wire import NUMBERS, Damaged, Packet, PacketReader, encode_packet
from terminal.ports.line import ByteStream

PING_WAIT_S = 2.0
PING_TRIES = 3
SEND_TRIES = 4
READ_BYTES = 512
FIRST_SAFE_NUMBER = 2
"""A register that has just started counts from nothing: its first numbers would not tell a restart from a loss."""


class NumberedConversation:
    """Protocol 2.0 over one open stream. `damaged` counts packets with a wrong check sum, `exchanged` all answers."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._reader = PacketReader()
        self._ready: deque[Packet] = deque()
        self._last: int | None = None
        self.damaged = 0
        self.exchanged = 0

    async def ask(self, command: Command) -> bytes:
        if self._last is None:
            self._last = await self._counter()
        while not command.repeatable and (self._last + 1) % NUMBERS < FIRST_SAFE_NUMBER:
            await self._exchange(device_type())
        return await self._exchange(command)

    async def _exchange(self, command: Command) -> bytes:
        before = self._last
        assert before is not None
        number = (before + 1) % NUMBERS
        packet = encode_packet(Packet(number, command.payload))
        for _ in range(SEND_TRIES):
            self._forget()
            await self._stream.write(packet)
            answer = await self._packet(number, command.timeout_s) or await self._resolve(number, before, command)
            if answer is not None:
                self._last = number
                if not belongs(command, answer.data):
                    raise Unanswered(f"{command.name}: number {number} holds {answer.data[:2].hex()}")
                self.exchanged += 1
                return answer.data
        self._last = None
        raise Unanswered(f"{command.name}: no answer to {SEND_TRIES} packets")

    async def _resolve(self, number: int, before: int, command: Command) -> Packet | None:
        """After silence: the stored answer, or None when the packet was not carried out and may go again."""
        stored = await self._ping()
        if stored is not None and stored.number == number:
            return stored
        if stored is not None and stored.number == before:
            return None
        self._last = None
        raise Unanswered(f"{command.name}: packet {number}, the register is at {stored.number if stored else None}")

    async def _counter(self) -> int:
        stored = await self._ping()
        if stored is None or stored.number is None:
            raise NotTaken("the register does not answer")
        return stored.number

    async def _ping(self) -> Packet | None:
        for _ in range(PING_TRIES):
            self._forget()
            await self._stream.write(encode_packet(Packet(None)))
            answer = await self._packet(None, PING_WAIT_S)
            if answer is not None:
                return answer
        return None

    async def _packet(self, number: int | None, wait_s: float) -> Packet | None:
        """The next packet of that number (None: of any); None after silence."""
        deadline = asyncio.get_running_loop().time() + wait_s
        while True:
            while self._ready:
                packet = self._ready.popleft()
                if packet.number is not None and number in (None, packet.number):
                    return packet
            try:
                async with asyncio.timeout_at(deadline):
                    data = await self._stream.read(READ_BYTES)
            except TimeoutError:
                return None
            for piece in self._reader.feed(data):
                if isinstance(piece, Damaged):
                    self.damaged += 1
                    return None
                self._ready.append(piece)

    def _forget(self) -> None:
        self._stream.drain_input()
        self._ready.clear()
