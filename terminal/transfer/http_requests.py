"""HTTP over the `requests` library: the one module of the transfer clients that touches the network.

Promises: one request, one answer; no redirect followed, nothing repeated, no cookie kept, no proxy or password taken
from the environment; TLS verified; a deadline over the whole exchange, not only over each wait; a bounded answer.
Whether a failed request counts as never sent is known from whether a byte of it was given to a connection.

Loading this module costs the time of loading `requests`: import it where the adapters are chosen and nowhere else.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from terminal.ports.http import MAX_RESPONSE_BYTES, HttpRequest, HttpResponse, NoAnswer, NoConnection
from terminal.transfer.credentials import CredentialsUnusable, authorization
from terminal.transfer.watched_connections import Watch, watched_pools

log = logging.getLogger(__name__)
WORKERS = 4
"""Exchanges at the same time; further ones wait their turn within their own deadlines."""
CONNECT_TIMEOUT_S = 5.0
CHUNK_BYTES = 65_536
USER_AGENT = "payment-terminal/1"
GRACE_S = 1.0
"""How much longer than the deadline a worker may wait by itself, should closing its connection not wake it."""


@dataclass(slots=True)
class _Exchange:
    """One request on its way through a worker."""

    request: HttpRequest
    timeout_s: float
    watch: Watch = field(default_factory=Watch)


class RequestsTransport:
    """Implements `terminal.ports.http.HttpTransport`. No I/O before the first exchange.

    `base_url` is `https://host[:port][/path]`; `ca_file` holds the authorities to trust in place of the library's;
    `credentials_file` is described in `terminal.transfer.credentials`.
    """

    def __init__(self, base_url: str, ca_file: Path | None = None, credentials_file: Path | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._ca_file = ca_file
        self._credentials_file = credentials_file
        self._executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="http")
        self._per_thread = threading.local()
        self._running: set[Watch] = set()
        self._closed = False

    async def exchange(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        exchange = _Exchange(request, timeout_s)
        if self._closed:
            raise NoConnection("closed")
        self._running.add(exchange.watch)
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.get_running_loop().run_in_executor(self._executor, self._carry_out, exchange)
        except TimeoutError as error:
            raise _too_late(exchange) from error
        finally:
            exchange.watch.abort()
            self._running.discard(exchange.watch)

    def close(self) -> None:
        """Cut every running exchange off; their callers get `NoAnswer` or `NoConnection`."""
        self._closed = True
        for watch in self._running:
            watch.abort()
        self._executor.shutdown(wait=False)

    def _carry_out(self, exchange: _Exchange) -> HttpResponse:
        try:
            return self._send(exchange)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            kind = NoAnswer if exchange.watch.sent else NoConnection
            raise kind(type(error).__name__) from error

    def _send(self, exchange: _Exchange) -> HttpResponse:
        session = self._session()
        request = exchange.request
        read_timeout_s = exchange.timeout_s + GRACE_S
        with exchange.watch.over_this_thread(), session.request(
            request.method, self._base_url + request.path, headers=self._headers(request), data=request.body,
            timeout=(min(CONNECT_TIMEOUT_S, exchange.timeout_s), read_timeout_s), allow_redirects=False, stream=True,
        ) as response:
            body = _bounded_body(response)
            return HttpResponse(
                response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)

    def _headers(self, request: HttpRequest) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", **request.headers}
        if self._credentials_file is not None:
            try:
                headers["Authorization"] = authorization(self._credentials_file)
            except CredentialsUnusable as error:
                log.error("credentials_unusable detail=%s", error)
                raise NoConnection(f"credentials: {error}") from error
        return headers

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._per_thread, "session", None)
        if session is None:
            session = _Session()
            session.trust_env = False
            session.verify = str(self._ca_file) if self._ca_file is not None else True
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
            session.headers.clear()
            session.headers["User-Agent"] = USER_AGENT
            session.mount("http://", _WatchedAdapter())
            session.mount("https://", _WatchedAdapter())
            self._per_thread.session = session
        return session


def _too_late(exchange: _Exchange) -> NoAnswer | NoConnection:
    exchange.watch.abort()  # first: from here on `sent` cannot become true any more
    if exchange.watch.sent:
        return NoAnswer(f"not complete within {exchange.timeout_s:g} s")
    return NoConnection(f"nothing sent within {exchange.timeout_s:g} s")


class _Session(requests.Session):
    """The library prepares the request of a redirect even when it may not follow it, and for that reads and unpacks
    the whole body, however long. Here no answer leads anywhere."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        del resp


class _WatchedAdapter(HTTPAdapter):
    """Connections that report to the watch of the exchange they serve."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: object) -> None:
        del pool_kwargs
        manager = urllib3.PoolManager(num_pools=connections, maxsize=maxsize, block=block)
        manager.pool_classes_by_scheme = watched_pools()
        self.poolmanager = manager


def _bounded_body(response: requests.Response) -> bytes:
    body = bytearray()
    while chunk := response.raw.read(CHUNK_BYTES, decode_content=False):
        body += chunk
        if len(body) > MAX_RESPONSE_BYTES:
            with suppress(OSError):
                response.raw.close()
            raise NoAnswer(f"answer longer than {MAX_RESPONSE_BYTES} bytes")
    return bytes(body)
