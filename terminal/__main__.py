"""Command line of the terminal: `python -m terminal <command>`.

Commands: `service` and `kiosk` (started by the watchdog), `check-config`, `visit`, `status`, `journal`.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import sys

COMMANDS = {
    "service": ("terminal.commands.service", "run the service: devices, money, journal, transfer"),
    "kiosk": ("terminal.commands.kiosk", "draw the pages and send touches"),
    "check-config": ("terminal.commands.check_config", "tell every mistake of a configuration file"),
    "visit": ("terminal.commands.visit", "play a visit against the running service, without a window"),
    "status": ("terminal.commands.status", "every device, tender, fault, queue, shift and budget"),
    "journal": ("terminal.commands.journal", "verify, show or export a journal"),
}


def main(arguments: list[str]) -> int:
    """Dispatch. A command's module is imported only when it is wanted: the kiosk must start fast."""
    parser = argparse.ArgumentParser(prog="python -m terminal", description="Payment terminal")
    parser.add_argument("command", choices=COMMANDS, metavar="command",
                        help="; ".join(f"{name}: {text}" for name, (_, text) in COMMANDS.items()))
    chosen = parser.parse_args(arguments[:1]).command
    # What a program loads stays: looking for garbage in it meanwhile, and ever after, is time for nothing.
    gc.disable()
    module = importlib.import_module(COMMANDS[chosen][0])
    gc.freeze()
    gc.enable()
    return int(module.main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
