"""A pseudo-terminal under a stable path, with an emulated device behind it.

The host opens the link like a serial port, closes it and opens it again as it pleases. Pulling the cable hangs
the host up and removes the link; plugging it in makes another pseudo-terminal under the same path.
"""

from __future__ import annotations

import asyncio
import errno
import os
import tty
from pathlib import Path

READ_CHUNK_BYTES = 4096


class PtyPort:
    """Implements `simulator.cable.Cable`. Must be made inside a running loop."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._buffer = bytearray()
        self._master = -1
        self._slave = -1
        self.plug()

    def plug(self) -> None:
        if self._master >= 0:
            return
        self._master, self._slave = os.openpty()
        # The slave end stays open here, so that a host which closes its end does not end the pseudo-terminal.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._loop.add_reader(self._master, self._receive)
        self._point_link_to(os.ttyname(self._slave))

    def _point_link_to(self, device: str) -> None:
        """Replaced in one step: whoever opens the path finds the old port or the new one, never nothing."""
        self._link.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(device)
        fresh.replace(self._link)

    def _receive(self) -> None:
        try:
            self._buffer += os.read(self._master, READ_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return
        self._arrived.set()

    async def read(self) -> bytes:
        while not self._buffer:
            self._arrived.clear()
            await self._arrived.wait()
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    async def write(self, data: bytes) -> None:
        if self._master < 0:
            return
        try:
            os.write(self._master, data)
        except BlockingIOError:
            return  # nobody has read for thousands of bytes: a real line would have lost them too

    def unplug(self) -> None:
        if self._master < 0:
            return
        self._loop.remove_reader(self._master)
        self._link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1
        self._buffer.clear()

    def close(self) -> None:
        self.unplug()
