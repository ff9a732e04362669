"""`python -m simulator bench`: a terminal with emulated devices, and its page in the browser."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from logging.handlers import RotatingFileHandler
from pathlib import Path

from rich.console import Console

from simulator.bench.bench import Bench
from simulator.bench.board import CommandLineBoard, show_result
from simulator.bench.configuration import PANELS
from simulator.bench.layout import BenchLayout, layout_of
from simulator.bench.log_file import MAX_LOG_BYTES
from simulator.bench.preparation import AlreadyRunning, Wishes, lock, prepare
from simulator.bench.server import BenchServer
from simulator.bench.startup import bring_up

DEFAULT_PORT = 8080
MAX_PORT = 65_535
MIN_SPEED, MAX_SPEED = 0.1, 1000.0
EXIT_OK, EXIT_CANNOT = 0, 1


def add_arguments(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("bench", help="a whole terminal with emulated devices, shown in a browser")
    parser.add_argument("--directory", type=Path, default=Path("run"), help="where everything lives (run)")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT,
                        help=f"of the page ({DEFAULT_PORT}); a free one when it is taken, 0 for any")
    parser.add_argument("--panel", choices=sorted(PANELS), default="portrait",
                        help="how the screen is mounted (portrait)")
    parser.add_argument("--speed", type=_speed, default=1.0,
                        help="how much faster the devices' mechanics move (1)")
    parser.add_argument("--no-kiosk", action="store_true",
                        help="run the service alone, without screen and watchdog")
    parser.set_defaults(run=run)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {MAX_PORT}")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise argparse.ArgumentTypeError(f"a speed is a number from {MIN_SPEED} to {MAX_SPEED}")
    return speed


def run(arguments: argparse.Namespace) -> int:
    """Until Ctrl-C, SIGTERM or a hang-up. Exit code 1 when the bench cannot begin."""
    console = Console()
    wishes = Wishes(arguments.panel, arguments.speed, not arguments.no_kiosk)
    try:
        layout = layout_of(arguments.directory)
        with lock(layout):
            logging.basicConfig(handlers=[_log_file(layout)], level=logging.INFO,
                                format="%(asctime)s %(levelname)s %(name)s %(message)s")
            return asyncio.run(_work(layout, wishes, arguments.port, console))
    except (AlreadyRunning, ValueError, OSError) as error:
        console.print(f"[red]The bench cannot begin:[/red] {error}")
        return EXIT_CANNOT


def _log_file(layout: BenchLayout) -> logging.Handler:
    layout.logs.mkdir(parents=True, exist_ok=True)
    return RotatingFileHandler(layout.log("bench"), maxBytes=MAX_LOG_BYTES, backupCount=1)


async def _work(layout: BenchLayout, wishes: Wishes, port: int, console: Console) -> int:
    ended = asyncio.Event()
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(which, ended.set)
    bench = Bench(prepare(layout, wishes))
    server = BenchServer(bench)
    await server.start(port)
    try:
        starting = asyncio.create_task(_start(bench, server, console))
        waiting = asyncio.create_task(ended.wait())
        await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            await waiting
        starting.cancel()
        await asyncio.wait((starting,))
    finally:
        await server.stop()
        await bench.close()
    console.print("[dim]Everything has ended.[/dim]")
    return EXIT_OK


async def _start(bench: Bench, server: BenchServer, console: Console) -> None:
    with CommandLineBoard(console) as board:
        missing = await bring_up(bench, board)
    show_result(console, server.address, str(bench.layout.directory), missing)
