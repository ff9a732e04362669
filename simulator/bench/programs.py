"""Which programs a bench runs, in the order in which they start."""

from __future__ import annotations

import sys

from simulator.bench.child import Program
from simulator.bench.preparation import Prepared

EMULATORS = ("bill-acceptor", "fiscal-register", "billing-host")
"""They answer on the control socket of their name."""


def programs(prepared: Prepared) -> tuple[Program, ...]:
    """Devices and host first, the terminal last."""
    return (*_emulators(prepared), _terminal(prepared))


def _emulators(prepared: Prepared) -> tuple[Program, ...]:
    layout = prepared.layout
    return (
        Program("bill-acceptor", "Bill acceptor", _simulator(
            "bill-acceptor", "--protocol", "ccnet", "--link", str(layout.link("bill-acceptor")),
            "--control", str(layout.socket("bill-acceptor")),
            "--state", str(layout.devices / "bill-acceptor.json"), "--speed", str(prepared.wishes.speed))),
        Program("fiscal-register", "Fiscal register", _simulator(
            "fiscal-register", "--protocol", "shtrih", "--link", str(layout.link("fiscal-register")),
            "--control", str(layout.socket("fiscal-register")),
            "--state", str(layout.devices / "fiscal-register.json"), "--speed", str(prepared.wishes.speed),
            "--zone", prepared.zone, "--password", layout.register_password.read_text().strip())),
        Program("billing-host", "Billing host", _simulator(
            "billing-host", "--port", str(prepared.host_port),
            "--database", str(layout.devices / "billing-host.db"),
            "--control", str(layout.socket("billing-host")), "--credentials",
            str(layout.host_credentials))),
    )


def _terminal(prepared: Prepared) -> Program:
    """The watchdog starts service and kiosk; without a kiosk the service runs by itself."""
    configuration = str(prepared.layout.configuration)
    if prepared.wishes.kiosk:
        return Program("watchdog", "Watchdog", _module("watchdog", "--config", configuration))
    return Program("service", "Service", _module("terminal", "service", "--config", configuration))


def _simulator(*arguments: str) -> tuple[str, ...]:
    return _module("simulator", *arguments)


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)
