"""`python -m simulator bill-acceptor`: the emulated acceptor behind a pseudo-terminal, until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from simulator.bill_acceptor.device import SimulatedBillAcceptor
from simulator.bill_acceptor.verbs import register_verbs
from simulator.control import ControlServer
from simulator.line_faults import FaultyCable, LineFaults
from simulator.line_verbs import register_line_verbs
from simulator.pty_port import PtyPort


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("bill-acceptor", help="an emulated bill acceptor")
    parser.add_argument("--protocol", choices=("ccnet",), default="ccnet")
    parser.add_argument("--link", type=Path, required=True, help="path at which the serial port appears")
    parser.add_argument("--control", type=Path, required=True, help="socket for `ctl`")
    parser.add_argument("--state", type=Path, help="file that keeps cassette and counters")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster than life")
    parser.add_argument("--seed", type=int, default=0, help="of the faults of the line")
    parser.add_argument("--serial", default="21K123456789", help="serial number, 12 characters")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; one line on standard output says when it is ready."""
    asyncio.run(_serve(chosen))
    return 0


async def _serve(chosen: argparse.Namespace) -> None:
    port = PtyPort(chosen.link)
    cable = FaultyCable(port, LineFaults(chosen.seed))
    device = SimulatedBillAcceptor(
        cable, speed=chosen.speed, state_file=chosen.state, serial=chosen.serial
    )
    control = ControlServer(chosen.control)
    register_verbs(control, device, cable)
    register_line_verbs(control, cable)
    serving = asyncio.create_task(device.run())
    await asyncio.sleep(0)
    await control.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    sys.stdout.write(f"ready bill-acceptor ccnet {chosen.link}\n")
    sys.stdout.flush()
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    finally:
        device.cut_power()
        await control.stop()
        port.close()
