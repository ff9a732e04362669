"""`python -m simulator COMMAND …`: emulated devices, the billing host, the bench, and `ctl` to order them about."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
from pathlib import Path

from simulator.control import VerbRefused, ask

COMMANDS = {
    "bill-acceptor": "simulator.bill_acceptor.command",
    "fiscal-register": "simulator.fiscal_register.command",
    "billing-host": "simulator.billing_host.command",
    "bench": "simulator.bench.command",
    "demo": "simulator.demo.command",
}
"""A module offers `add_arguments(subparsers)`, which sets the default `run`: from arguments to exit code."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS.values():
        if importlib.util.find_spec(module) is not None:
            importlib.import_module(module).add_arguments(subparsers)
    _add_ctl(subparsers)
    chosen = parser.parse_args(arguments)
    return int(chosen.run(chosen))


def _add_ctl(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("ctl", help="give an order to a running emulator; `help` lists the orders")
    parser.add_argument("socket", type=Path)
    parser.add_argument("verb")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=_run_ctl)


def _run_ctl(chosen: argparse.Namespace) -> int:
    try:
        answer = ask(chosen.socket, chosen.verb, chosen.arguments)
    except (VerbRefused, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
