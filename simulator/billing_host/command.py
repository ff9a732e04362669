"""`python -m simulator billing-host`: the host as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from simulator.billing_host.control_verbs import register_verbs
from simulator.billing_host.host import DEFAULT_ACCOUNTS, LOOPBACK, BillingHost
from simulator.control import ControlServer

DEFAULT_PORT = 8090
MOSCOW = timezone(timedelta(hours=3))
"""The host's own zone, for the month that is billed."""


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("billing-host", help="a supplier's billing host: JSON contract and OSMP")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0: any free one; the ready line tells it")
    parser.add_argument("--database", type=Path, required=True, help="file of the store; made and filled when missing")
    parser.add_argument("--control", type=Path, help="control socket")
    parser.add_argument("--seed", type=int, default=0, help="of the accounts and of the chances")
    parser.add_argument("--accounts", type=int, default=DEFAULT_ACCOUNTS, help="how many to generate at first start")
    parser.add_argument("--credentials", type=Path, help="serve only terminals with the token in this JSON file")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    asyncio.run(_serve(chosen))
    return 0


async def _serve(chosen: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    token = json.loads(chosen.credentials.read_bytes())["token"] if chosen.credentials else ""
    chosen.database.parent.mkdir(parents=True, exist_ok=True)
    host = BillingHost(str(chosen.database), _today, seed=chosen.seed, accounts=chosen.accounts, token=token)
    control = ControlServer(chosen.control) if chosen.control else None
    if control is not None:
        register_verbs(control, host, _today)
        await control.start()
    try:
        port = await host.start(chosen.port)
        sys.stdout.write(f"billing-host ready http://{LOOPBACK}:{port}/v1 accounts={host.store.count_accounts()}\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        if control is not None:
            await control.stop()
        await host.stop()


def _today() -> date:
    return datetime.now(UTC).astimezone(MOSCOW).date()
