"""`python -m terminal service --config FILE`: run the service until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from terminal import late_loading
from terminal.config import ConfigError, TerminalConfig, describe_errors, load
from terminal.devices.byte_buffer import BYTES
from terminal.early_start import CannotStart, Early, start_early
from terminal.environment import EXIT_STORE_FAILED
from terminal.ports.records import StoreFailed, StoreRefused

COMPOSITION = "terminal.bootstrap"
SECRECY = "terminal.process_secrecy"
EXIT_CONFIG = 2
EXIT_REFUSED = 3
"""The journal must not be used: taken, damaged beyond use, or the disk is read-only."""


class Runs(Protocol):
    """What the composition root makes."""

    async def run(self) -> None: ...


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m terminal service")
    parser.add_argument("--config", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
    except ConfigError as error:
        sys.stderr.write(describe_errors(error) + "\n")
        return EXIT_CONFIG
    _begin_log(config)
    try:
        return asyncio.run(_serve(config))
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CONFIG
    except StoreRefused as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_REFUSED


def _begin_log(config: TerminalConfig) -> None:
    logging.basicConfig(
        level=config.service.log_level.value, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )
    # The HTTP library logs the addresses that it asks, and clients' accounts stand in them.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    if config.service.log_device_bytes:
        BYTES.setLevel(logging.DEBUG)


async def _serve(config: TerminalConfig) -> int:
    """Run until SIGTERM or SIGINT; both end the process as a power cut would, only tidier."""
    task = asyncio.create_task(_run(config))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    code = 0
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    except* StoreFailed as failures:
        sys.stderr.write(f"{failures.exceptions[0]}\n")
        code = EXIT_STORE_FAILED
    return code


async def _run(config: TerminalConfig) -> None:
    early = start_early(config)
    # One turn of the loop: the acceptor is asked before loading begins to compete for the processor.
    await asyncio.sleep(0)
    (await late_loading.load(SECRECY)).forbid_memory_dumps()
    build_service = await _rest()
    await build_service(config, early).run()


async def _rest() -> Callable[[TerminalConfig, Early], Runs]:
    """Load the composition root. What it loads stays, so no garbage is looked for in it, as in `terminal.__main__`."""
    gc.disable()
    module = await late_loading.load(COMPOSITION)
    gc.freeze()
    gc.enable()
    build_service: Callable[[TerminalConfig, Early], Runs] = module.build_service
    return build_service
