"""The billing host put together: store, ledger, both services, server."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import date
from typing import Any

from simulator.billing_host.account_generator import generate
from simulator.billing_host.behaviours import Behaviours
from simulator.billing_host.demo_accounts import demo_accounts
from simulator.billing_host.http_server import HostServer
from simulator.billing_host.json_service import PREFIX, JsonService
from simulator.billing_host.ledger import Ledger
from simulator.billing_host.messages import Reply, Request
from simulator.billing_host.osmp_service import PATH as OSMP_PATH
from simulator.billing_host.osmp_service import OsmpService
from simulator.billing_host.store import Store
from simulator.billing_host.witness import Witness

LOOPBACK = "127.0.0.1"
DEFAULT_ACCOUNTS = 10_000


class BillingHost:
    """A host over the store at `database` (a path or `:memory:`), filled on first use with the well-known accounts
    and `accounts` generated ones."""

    def __init__(
        self, database: str, today: Callable[[], date], *, seed: int = 0, accounts: int = DEFAULT_ACCOUNTS,
        token: str = "",
    ) -> None:
        self.behaviours = Behaviours(seed)
        self.store = Store(database)
        self.ledger = Ledger(self.store, self.behaviours)
        self.server = HostServer(self.answer, self.behaviours)
        self.witness = Witness(self.store, self.behaviours, seed)
        self._json = JsonService(self.ledger, self.witness, today, token)
        self._osmp = OsmpService(self.ledger)
        if not self.store.count_accounts():
            with self.store.transaction():
                self.store.add_accounts(demo_accounts(today()))
                self.store.add_accounts(generate(seed, accounts, today()))

    async def start(self, port: int = 0, host: str = LOOPBACK, tls: ssl.SSLContext | None = None) -> int:
        """Listen; returns the port."""
        return await self.server.start(host, port, tls)

    async def stop(self) -> None:
        await self.server.stop()
        self.store.close()

    def answer(self, request: Request) -> Reply:
        """One request, answered without any misbehaviour of the line."""
        if request.path == OSMP_PATH:
            return self._osmp.answer(request)
        if request.path.startswith(PREFIX):
            return self._json.answer(request)
        return Reply(404, b"", "text/plain")

    def state(self) -> dict[str, Any]:
        """Counts and sums."""
        row = self.store.connection.execute(
            "SELECT coalesce(sum(kind = 'payment' AND accepted), 0),"
            " coalesce(sum(kind = 'payment' AND NOT accepted), 0),"
            " coalesce(sum(kopecks) FILTER (WHERE kind = 'payment' AND accepted), 0),"
            " coalesce(sum(kind = 'readings' AND accepted), 0) FROM operation").fetchone()
        return {
            "accounts": self.store.count_accounts(), "payments": row[0], "payments_refused": row[1],
            "payments_kopecks": row[2], "readings": row[3], "behaviours": self.behaviours.listed(),
            "requests": dict(self.server.counts),
        }
