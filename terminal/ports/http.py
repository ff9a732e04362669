"""Port of HTTP, narrow enough to be served by a library in production and by memory in a simulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

MAX_RESPONSE_BYTES = 1_000_000
"""A longer answer is cut off and is no answer."""


class NoConnection(Exception):
    """Certain: the request did not reach the other side."""


class NoAnswer(Exception):
    """The request may have reached the other side; no complete answer came back in time."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: str
    path: str
    """Below the configured base address, with query."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class HttpTransport(Protocol):
    async def exchange(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        """One request, one answer; never follows a redirect, never repeats. Raises `NoConnection` or `NoAnswer`."""
        ...
