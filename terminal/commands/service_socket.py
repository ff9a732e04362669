"""A blocking client of the service's socket, for commands that a person runs."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from contracts.envelope import MAX_LINE_BYTES, Answer, Ask, Hello, Message, Refused, decode, encode
from contracts.pages import Page, Touch

ANSWER_S = 5.0


class ServiceUnreachable(Exception):
    """Nobody listens on the socket, or the service went away."""


class ServiceSocket:
    """One connection in one role. Use as a context manager."""

    def __init__(self, path: Path, role: str) -> None:
        self._path = path
        self._role = role
        self._socket = socket.socket(socket.AF_UNIX)
        self._buffer = b""
        self.page: Page | None = None
        """The newest page that has arrived."""

    def __enter__(self) -> Self:
        try:
            self._socket.connect(str(self._path))
            self._socket.sendall(encode(Hello(self._role)))
        except OSError as error:
            self._socket.close()
            raise ServiceUnreachable(f"служба не отвечает на {self._path}: {error.strerror}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def touch(self, element: str) -> None:
        """Touch an element of the newest page."""
        page = self.page
        if page is not None:
            self._socket.sendall(encode(Touch(page.number, element)))

    def ask(self, what: str, **arguments: str) -> Answer | Refused:
        """Ask and wait for the answer. Raises `ServiceUnreachable`."""
        self._socket.sendall(encode(Ask(what, arguments)))
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline:
            match self.receive(deadline - time.monotonic()):
                case Answer() | Refused() as message:
                    return message
                case _:
                    continue
        raise ServiceUnreachable("служба не ответила на вопрос")

    def receive(self, seconds: float) -> Message | None:
        """The next message, or None when none comes in time; pages are remembered. Raises `ServiceUnreachable`."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                received = self._socket.recv(65_536)
            except TimeoutError:
                return None
            except OSError as error:
                raise ServiceUnreachable(f"связь со службой потеряна: {error.strerror}") from error
            if not received or len(self._buffer) > 2 * MAX_LINE_BYTES:
                raise ServiceUnreachable("служба закрыла связь")
            self._buffer += received
        line, _, self._buffer = self._buffer.partition(b"\n")
        message = decode(line)
        if isinstance(message, Page):
            self.page = message
        return message
