"""Orders to a running host over its control socket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from simulator.billing_host.cards import card_body
from simulator.billing_host.host import BillingHost
from simulator.billing_host.operations import day_totals
from simulator.control import ControlServer

DEFAULT_LIST = 20
MAX_LIST = 1_000


def register_verbs(control: ControlServer, host: BillingHost, today: Callable[[], date]) -> None:
    """Add the host's verbs to a control server that is not started yet."""
    verbs = _Verbs(host, today)
    control.register("state", "counts, sums and what is set", lambda _: host.state())
    control.register("accounts", "[N]: the first account numbers", verbs.accounts)
    control.register("account", "NUMBER: the whole account, closed or not", verbs.account)
    control.register("payments", "[N]: the latest payments, newest first", verbs.payments)
    control.register("day", "TERMINAL ISO-DATE: totals of a terminal's day", verbs.day)
    control.register("checkpoint", "TERMINAL: the last checkpoint counter-signed for it", verbs.checkpoint)
    control.register("enrol", "TERMINAL: forget its key and checkpoint; the next one is its first", verbs.enrol)
    control.register("behave", "NAME [ARGUMENT]: misbehave; `behave help` lists the names", verbs.behave)
    control.register("calm", "behave again", verbs.calm)
    control.register("seed", "N: begin the chances anew", verbs.seed)


class _Verbs:
    def __init__(self, host: BillingHost, today: Callable[[], date]) -> None:
        self._host = host
        self._today = today

    def accounts(self, arguments: Sequence[str]) -> list[str]:
        return self._host.store.numbers(_limit(arguments))

    def account(self, arguments: Sequence[str]) -> dict[str, Any]:
        account = self._host.store.account(arguments[0])
        if account is None:
            raise ValueError(f"no account {arguments[0]}")
        return {"due_kopecks": account.due_kopecks, **card_body(account, self._today())}

    def payments(self, arguments: Sequence[str]) -> list[dict[str, Any]]:
        rows = self._host.store.connection.execute(
            "SELECT id, told_key, terminal, account, accepted, number, kopecks, at FROM operation"
            " WHERE kind = 'payment' ORDER BY id DESC LIMIT ?", (_limit(arguments),))
        names = ("id", "key", "terminal", "account", "accepted", "number", "kopecks", "at")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def day(self, arguments: Sequence[str]) -> dict[str, Any]:
        return day_totals(self._host.store, arguments[0], arguments[1])

    def checkpoint(self, arguments: Sequence[str]) -> dict[str, Any]:
        return self._host.witness.kept(arguments[0])

    def enrol(self, arguments: Sequence[str]) -> bool:
        return self._host.witness.forget(arguments[0])

    def behave(self, arguments: Sequence[str]) -> dict[str, str]:
        name, *rest = arguments
        self._host.behaviours.put(name, rest[0] if rest else "")
        return self._host.behaviours.listed()

    def calm(self, arguments: Sequence[str]) -> dict[str, str]:
        del arguments
        self._host.behaviours.calm()
        return {}

    def seed(self, arguments: Sequence[str]) -> int:
        number = int(arguments[0])
        self._host.behaviours.reseed(number)
        return number


def _limit(arguments: Sequence[str]) -> int:
    return min(max(int(arguments[0]), 0), MAX_LIST) if arguments else DEFAULT_LIST
