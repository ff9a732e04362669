"""The kiosk's end of the service's socket: never blocks, reconnects for ever, bounds what it holds.

Polled from the drawing loop, so there is one thread and no lock. A peer that sends what is not a message or stops
reading is dropped and called again.
"""

from __future__ import annotations

import logging
import select
import socket

from contracts.envelope import MAX_LINE_BYTES, Hello, Message, decode, encode

log = logging.getLogger(__name__)

RECONNECT_S = 0.3
"""Between two attempts to reach the service."""
READ_BYTES = 65_536
MAX_READS_PER_POLL = 16
"""A peer that writes without end must not keep the panel from being drawn."""
MAX_UNSENT_BYTES = 65_536


class ServiceConnection:
    """JSON lines to and from the service; `now` is a monotonic time in seconds."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._unread = b""
        self._unsent = b""
        self._next_attempt = 0.0
        self.opened = 0
        """How many times the service was reached; grows with every reconnection."""

    @property
    def connected(self) -> bool:
        return self._socket is not None

    def poll(self, now: float) -> list[Message]:
        """Connect if it is time to, send what waits, and give back what has arrived."""
        if self._socket is None and now >= self._next_attempt:
            self._open(now)
        self._flush(now)
        return self._receive(now)

    def send(self, message: Message, now: float) -> bool:
        """Queue a message and try to send it. False when there is nobody to send it to."""
        if self._socket is None:
            return False
        self._unsent += encode(message)
        if len(self._unsent) > MAX_UNSENT_BYTES:
            self._drop(now, "peer does not read")
            return False
        self._flush(now)
        return self._socket is not None

    def await_news(self, seconds: float) -> None:
        """Wait until there is something to read, but no longer than that."""
        if self._socket is not None:
            select.select([self._socket], [], [], seconds)

    def close(self) -> None:
        """Let the service go for good."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _open(self, now: float) -> None:
        candidate = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        candidate.setblocking(False)
        try:
            candidate.connect(self._path)
        except OSError:
            candidate.close()
            self._next_attempt = now + RECONNECT_S
            return
        self._socket, self._unread, self._unsent = candidate, b"", b""
        self.opened += 1
        log.info("service_connected")
        self.send(Hello("kiosk"), now)

    def _flush(self, now: float) -> None:
        if self._socket is None or not self._unsent:
            return
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            return
        except OSError as error:
            self._drop(now, str(error))
            return
        self._unsent = self._unsent[sent:]

    def _receive(self, now: float) -> list[Message]:
        messages: list[Message] = []
        for _ in range(MAX_READS_PER_POLL):
            if self._socket is None:
                break
            try:
                chunk = self._socket.recv(READ_BYTES)
            except BlockingIOError:
                break
            except OSError as error:
                self._drop(now, str(error))
                break
            if not chunk:
                self._drop(now, "closed by the service")
                break
            messages += self._split(chunk, now)
        return messages

    def _split(self, chunk: bytes, now: float) -> list[Message]:
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        try:
            messages = [decode(line) for line in lines]
        except ValueError as error:
            self._drop(now, str(error))
            return []
        if len(self._unread) > MAX_LINE_BYTES:
            self._drop(now, "line too long")
        return messages

    def _drop(self, now: float, reason: str) -> None:
        log.warning("service_lost", extra={"reason": reason})
        self.close()
        self._unread, self._unsent = b"", b""
        self._next_attempt = now + RECONNECT_S
