"""The line to the billing host: every exchange has three crash points, and the line loses, delays and repeats."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from simulator.billing_host.host import BillingHost
from simulator.billing_host.messages import Reply, Request
from terminal.ports.http import HttpRequest, HttpResponse, NoAnswer, NoConnection
from tests.simulation.crash import Dead

LATENCY_S = (0.005, 0.05)
FAULTS = (
    "lose-request", "lose-reply", "late-reply", "repeat-reply", "other-reply", "html", "half", "error", "twice",
)
"""What may happen to an exchange, each with a rate of its own."""
PAYMENTS = frozenset(("/payments", "/payments/batch"))
"""Paths of what moves money."""
OLD_REPLIES = 8
"""Answers of one kind that may come a second time."""
AS_ANOTHERS = 0.5
"""Of the requests to a host that is late: they are answered with what somebody else has waited for."""
NEVER_ARRIVED = 0.5
"""Of the requests that an old answer is given to: somebody on the way has kept it, and did not pass them on."""


@dataclass(slots=True)
class HostLine:
    """The way to the host, whoever is at the terminal's end of it."""

    host: BillingHost
    random: Random
    watch: Callable[[str, bytes], None]
    reachable: bool = True
    is_gone: bool = False
    """For longer than what makes it unreachable now and then."""
    rates: dict[str, float] = field(default_factory=dict)
    late_with: frozenset[str] = frozenset()
    """Paths whose answers all come too late, some of them as the answer to a later request."""
    happened: Counter[str] = field(default_factory=Counter)
    acted: int = 0
    """Requests that the host has carried out."""
    _old: dict[str, list[Reply]] = field(default_factory=dict)
    """By what was asked for."""

    def fate(self, path: str) -> str:
        """What happens to the next exchange; empty for nothing."""
        if path in self.late_with:
            late = "other-reply" if path in self._old and self.random.random() < AS_ANOTHERS else "late-reply"
            self.happened[f"host-{late}"] += 1
            return late
        for name, rate in self.rates.items():
            if rate and self.random.random() < rate:
                self.happened[f"host-{name}"] += 1
                return name
        return ""

    @property
    def mixed_up(self) -> bool:
        """Whether an answer has ever been given to another request than its own."""
        return any(self.happened[f"host-{name}"] for name in ("other-reply", "repeat-reply"))

    def act(self, request: HttpRequest) -> Reply:
        """The host carries out a request and answers."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.acted += 1
        reply = self.host.answer(Request(request.method, "/v1" + request.path, headers, request.body))
        self.watch("host>", reply.body)
        return reply

    def keep(self, path: str, reply: Reply) -> None:
        self._old[path] = [*self._old.get(path, [])[1 - OLD_REPLIES :], reply]

    def old(self, path: str) -> Reply | None:
        """An answer that was given to an earlier request of this kind, or of any when there was none."""
        kept = self._old.get(path) or [each for replies in self._old.values() for each in replies]
        return self.random.choice(kept) if kept else None


class HostClient:
    """Implements `ports.http.HttpTransport` for one life of the service."""

    def __init__(self, line: HostLine, here: Callable[[str], None]) -> None:
        self._line = line
        self._here = here

    async def exchange(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        line = self._line
        self._here("http-send")
        await asyncio.sleep(line.random.uniform(*LATENCY_S))
        if line.is_gone or not line.reachable:
            line.happened["host-unreachable"] += 1
            raise NoConnection("no way to the host")
        fate = line.fate(request.path)
        line.watch("host<", request.body)
        if fate == "lose-request":
            await asyncio.sleep(timeout_s)
            raise NoAnswer("no answer")
        if fate == "twice":
            line.act(request)
        reply = self._answer(fate, request)
        self._here("http-acted")
        await asyncio.sleep(line.random.uniform(*LATENCY_S))
        if fate == "late-reply":
            line.keep(request.path, reply)
        if fate in ("lose-reply", "late-reply"):
            await asyncio.sleep(timeout_s)
            raise NoAnswer("no answer in time")
        self._here("http-answered")
        return _as_response(self._bent(fate, request, reply))

    def _answer(self, fate: str, request: HttpRequest) -> Reply:
        """What the host answers, or whoever stands before it."""
        line = self._line
        if fate in ("html", "error"):
            return HTML
        kept = line.old(request.path) if fate == "other-reply" and line.random.random() < NEVER_ARRIVED else None
        return kept or line.act(request)

    def _bent(self, fate: str, request: HttpRequest, reply: Reply) -> Reply:
        """The answer as it arrives."""
        match fate:
            case "repeat-reply" | "other-reply":
                return self._line.old(request.path) or reply
            case "html":
                return HTML
            case "half":
                return Reply(reply.status, reply.body[: len(reply.body) // 2], reply.content_type)
            case "error":
                return Reply(500, b"{}", "application/json")
            case _:
                self._line.keep(request.path, reply)
                return reply


HTML = Reply(200, b"<html><body>Login</body></html>", "text/html")


def dead_if(dead: bool) -> None:
    """What a dead process tries to do does not happen."""
    if dead:
        raise Dead


def _as_response(reply: Reply) -> HttpResponse:
    names = {"content-type": reply.content_type, **{name.lower(): value for name, value in reply.headers.items()}}
    return HttpResponse(reply.status, names, reply.body)
