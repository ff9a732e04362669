"""`python -m simulator fiscal-register`: an emulated register as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from simulator.cable import Cable
from simulator.control import ControlServer
from simulator.fiscal_register.device import FiscalRegisterDevice
from simulator.fiscal_register.registration import Registration
from simulator.fiscal_register.tcp_port import TcpPort
from simulator.fiscal_register.verbs import register_verbs
from simulator.line_faults import FaultyCable, LineFaults
from simulator.pty_port import PtyPort

DEFAULT_ZONE = "Europe/Moscow"
_REGISTERED = [each.name for each in fields(Registration) if each.name != "build"]


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("fiscal-register", help="a fiscal register with storage and printer")
    parser.add_argument("--protocol", choices=("shtrih",), default="shtrih")
    parser.add_argument("--link", type=Path, help="path of the pseudo-terminal")
    parser.add_argument("--tcp", metavar="HOST:PORT", help="serve TCP instead of a pseudo-terminal")
    parser.add_argument("--control", type=Path, required=True, help="control socket")
    parser.add_argument("--state", type=Path, help="file with the memory of the fiscal storage")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster than a real one")
    parser.add_argument("--seed", type=int, default=0, help="of the fiscal signs and of the line's faults")
    parser.add_argument("--zone", default=DEFAULT_ZONE, help="time zone of the register's clock")
    parser.add_argument("--password", type=int, help="of the operator; without it any is taken")
    for name in _REGISTERED:
        parser.add_argument(f"--{name.replace('_', '-')}", help="as registered; there is a default")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    if bool(chosen.link) == bool(chosen.tcp):
        sys.stderr.write("either --link or --tcp\n")
        return 2
    asyncio.run(_serve(chosen))
    return 0


async def _serve(chosen: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    inner, address = await _open_cable(chosen)
    cable = FaultyCable(inner, LineFaults(chosen.seed))
    given = {name: getattr(chosen, name) for name in _REGISTERED if getattr(chosen, name)}
    device = FiscalRegisterDevice(
        cable, _local_time(ZoneInfo(chosen.zone)), registration=Registration(**given),
        state=chosen.state, seed=chosen.seed, speed=chosen.speed,
    )
    device.machine.settings.password = chosen.password
    control = ControlServer(chosen.control)
    register_verbs(control, device)
    await control.start()
    device.save()
    sys.stdout.write(f"fiscal-register ready {address} {device.machine.storage.number}\n")
    sys.stdout.flush()
    try:
        await _until(device, stop)
    finally:
        device.save()
        await control.stop()
        cable.close()


async def _open_cable(chosen: argparse.Namespace) -> tuple[Cable, str]:
    if chosen.link:
        return PtyPort(chosen.link), f"pty://{chosen.link}"
    host, _, port = chosen.tcp.rpartition(":")
    server = TcpPort(host, int(port))
    return server, f"tcp://{host}:{await server.start()}"


async def _until(device: FiscalRegisterDevice, stop: asyncio.Event) -> None:
    """Until told to stop, or the device fails: then its error is raised."""
    running = asyncio.create_task(device.run())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    running.cancel()
    await asyncio.wait([running])


def _local_time(zone: ZoneInfo) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC).astimezone(zone).replace(tzinfo=None)
