"""The other end of the kiosk's socket: publishes what a test says and keeps what the kiosk sends."""

from __future__ import annotations

import socket

from contracts.envelope import Message, decode, encode
from contracts.pages import Page

READ_BYTES = 65_536


class ScriptedService:
    """One listener and at most one kiosk; never blocks."""

    def __init__(self, path: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen(1)
        self._listener.setblocking(False)
        self._kiosk: socket.socket | None = None
        self._unread = b""
        self.received: list[Message] = []

    @property
    def has_kiosk(self) -> bool:
        return self._kiosk is not None

    def publish(self, page: Page) -> None:
        """Send a page to the kiosk that is there."""
        assert self._kiosk is not None, "no kiosk has called yet"
        self._kiosk.sendall(encode(page))

    def send_raw(self, data: bytes) -> None:
        """Send what may be no message at all."""
        assert self._kiosk is not None, "no kiosk has called yet"
        self._kiosk.sendall(data)

    def poll(self) -> None:
        """Take a caller and whatever it has said."""
        if self._listener.fileno() < 0:
            return
        try:
            self._kiosk, _ = self._listener.accept()
            self._kiosk.setblocking(False)
            self._unread = b""
        except BlockingIOError:
            pass
        if self._kiosk is None:
            return
        try:
            *lines, self._unread = (self._unread + self._kiosk.recv(READ_BYTES)).split(b"\n")
        except BlockingIOError:
            return
        self.received += [decode(line) for line in lines]

    def hang_up(self) -> None:
        """End the conversation, as a service that dies does."""
        if self._kiosk is not None:
            self._kiosk.close()
            self._kiosk = None

    def close(self) -> None:
        """Nobody answers on the path any more."""
        self.hang_up()
        self._listener.close()
