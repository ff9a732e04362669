"""The watchdog's end of the life signs: a datagram socket on which only this user's processes can write."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

from contracts.life_signs import MAX_BYTES, LifeSign, decode

MAX_AT_ONCE = 64
"""Datagrams taken in one go, so that a process that floods the socket cannot keep the watchdog from looking."""

log = logging.getLogger(__name__)


class LifeSignSocket:
    """Bound from `open` to `close`; every good life sign is handed to `heard`, every bad one is dropped."""

    def __init__(self, path: Path, heard: Callable[[LifeSign], None]) -> None:
        self._path = path
        self._heard = heard
        self._line: socket.socket | None = None
        self.dropped = 0
        """Datagrams that were no life signs."""

    def open(self) -> None:
        """Bind, replacing what an earlier watchdog has left. Raises `OSError`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        line.bind(str(self._path))
        os.chmod(self._path, 0o600)
        self._line = line
        asyncio.get_running_loop().add_reader(line, self._read, line)

    def close(self) -> None:
        """May be called twice."""
        if self._line is not None:
            asyncio.get_running_loop().remove_reader(self._line)
            self._line.close()
            self._line = None
            self._path.unlink(missing_ok=True)

    def _read(self, line: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            for _ in range(MAX_AT_ONCE):
                datagram = line.recv(MAX_BYTES + 1)
                try:
                    sign = decode(datagram)
                except (ValueError, OverflowError, RecursionError) as error:
                    self._drop(error)
                else:
                    self._heard(sign)

    def _drop(self, error: Exception) -> None:
        self.dropped += 1
        if self.dropped.bit_count() == 1:  # at 1, 2, 4, 8 …: a flood does not fill the log
            log.warning("life_sign_dropped count=%d reason=%s", self.dropped, error)
