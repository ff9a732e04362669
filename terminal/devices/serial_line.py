"""Serial ports and pseudo-terminals as lines of bytes, watched by the running loop."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import termios

import serial

from terminal.devices.byte_buffer import ReceivingStream
from terminal.devices.line_address import SerialAddress
from terminal.ports.line import ByteStream, LineLost

log = logging.getLogger(__name__)

WRITE_TIMEOUT_S = 2.0
READ_CHUNK_BYTES = 4096


class SerialLine:
    """A serial port or a pseudo-terminal, opened exclusively."""

    def __init__(self, url: str, address: SerialAddress) -> None:
        self._url = url
        self._address = address

    @property
    def address(self) -> str:
        return self._url

    async def open(self) -> ByteStream:
        try:
            port = serial.Serial(
                port=self._address.path,
                baudrate=self._address.baud,
                parity=self._address.parity,
                timeout=0,
                exclusive=True,
            )
        except (serial.SerialException, OSError, termios.error) as error:
            raise LineLost(f"{self._url}: {error}") from error
        try:
            _make_silence_differ_from_hang_up(port.fileno())
        except (OSError, termios.error) as error:
            port.close()
            raise LineLost(f"{self._url}: {error}") from error
        return SerialStream(self._url, port)


def _make_silence_differ_from_hang_up(descriptor: int) -> None:
    """pyserial asks for VMIN=0, where reading nothing looks like a hang-up; with VMIN=1 it is EAGAIN."""
    attributes = termios.tcgetattr(descriptor)
    attributes[6][termios.VMIN] = 1
    attributes[6][termios.VTIME] = 0
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


class SerialStream(ReceivingStream):
    """An open serial port: the loop watches its descriptor."""

    def __init__(self, name: str, port: serial.Serial) -> None:
        super().__init__(name)
        self._port = port
        self._descriptor = port.fileno()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._descriptor, self._receive)

    def _receive(self) -> None:
        """Take what the kernel has. The end of file or an I/O error means that the device is gone."""
        if self.is_lost:
            return
        try:
            data = os.read(self._descriptor, READ_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._go_away(error.strerror or "read failed")
            return
        if data:
            self.feed(data)
        else:
            self._go_away("hang-up")

    def drain_input(self) -> bytes:
        self._receive()
        return super().drain_input()

    async def write(self, data: bytes) -> None:
        self.note_sent(data)
        rest = memoryview(data)
        while rest:
            self.raise_if_lost()
            try:
                rest = rest[os.write(self._descriptor, rest):]
            except BlockingIOError:
                await self._until_writable()
            except OSError as error:
                self._go_away(error.strerror or "write failed")

    async def _until_writable(self) -> None:
        ready = self._loop.create_future()
        self._loop.add_writer(self._descriptor, _resolve, ready)
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                await ready
        except TimeoutError:
            self._go_away("writing takes too long")
        finally:
            if self._port.is_open:
                self._loop.remove_writer(self._descriptor)

    def _go_away(self, reason: str) -> None:
        if self._port.is_open:
            self._loop.remove_reader(self._descriptor)
        self.fail(reason)

    async def aclose(self) -> None:
        if not self._port.is_open:
            return
        self._go_away("closed")
        try:
            # Closing would otherwise wait until a dead device has taken what is still to be sent.
            termios.tcflush(self._descriptor, termios.TCOFLUSH)
        except (OSError, termios.error) as error:
            log.debug("flush_failed address=%s errno=%s", self.name, errno.errorcode.get(error.args[0], "?"))
        self._port.close()


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
