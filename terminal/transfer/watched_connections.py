"""Connections that say when a request begins to leave, and that can be cut off from another thread.

The library's own deadlines apply to each wait separately: a host that sends one byte a second would hold a worker for
ever. A `Watch` is held over one exchange; its `abort` shuts the socket, which wakes whoever waits on it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_current = threading.local()


class ExchangeAborted(OSError):
    """The deadline passed before anything was sent."""


class Watch:
    """What is known of one exchange from outside its thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._aborted = False
        self._over = False
        self._sent = False
        self._socket: socket.socket | None = None

    @property
    def sent(self) -> bool:
        """Whether a byte of the request may have left."""
        with self._lock:
            return self._sent

    def abort(self) -> None:
        """Cut the exchange off: nothing more is sent, and a wait for an answer ends. Harmless when it is over."""
        with self._lock:
            self._aborted = True
            if self._socket is not None and not self._over:
                with suppress(OSError):
                    # Not the TLS socket's own method: it takes the session away from under the reading thread.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    @contextmanager
    def over_this_thread(self) -> Iterator[None]:
        """Connections used by this thread report to this watch."""
        _current.watch = self
        try:
            yield
        finally:
            _current.watch = None
            with self._lock:
                self._over = True

    def connected(self, opened: socket.socket) -> None:
        """Called with a fresh socket, before TLS is negotiated over it. Raises `ExchangeAborted`."""
        with self._lock:
            self._raise_if_aborted()
            self._socket = opened

    def begin_sending(self, over: socket.socket | None) -> None:
        """Called before each piece of a request is given to the socket. Raises `ExchangeAborted`."""
        with self._lock:
            self._raise_if_aborted()
            self._socket = over
            self._sent = True

    def _raise_if_aborted(self) -> None:
        if self._aborted:
            raise ExchangeAborted("aborted")


class _WatchedHttp(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        opened = super()._new_conn()
        watch = _watch_of_this_thread()
        if watch is not None:
            watch.connected(opened)
        return opened

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        watch = _watch_of_this_thread()
        if watch is not None:
            watch.begin_sending(self.sock)
        super().send(data)


class _WatchedHttps(_WatchedHttp, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHttps


def watched_pools() -> dict[str, type[HTTPConnectionPool]]:
    """Pool classes by scheme, for a `PoolManager`."""
    return {"http": _HttpPool, "https": _HttpsPool}


def _watch_of_this_thread() -> Watch | None:
    return getattr(_current, "watch", None)
