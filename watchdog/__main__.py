"""The watchdog's command line.

`python -m watchdog --config FILE` keeps a terminal at work, `ledger` shows its outages, `catalogue` the fault codes.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from rich.console import Console

from watchdog import fault_guide, ledger, report
from watchdog.instant import SystemClock
from watchdog.lock import AlreadyRunning
from watchdog.settings import Settings, SettingsError, load
from watchdog.supervisor import programs, run
from watchdog.watched import EXIT_CONFIGURATION, EXIT_REFUSED


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = _parser().parse_args(arguments)
    if given.command == "catalogue":
        print(fault_guide.render(), end="")
        return 0
    if not hasattr(given, "config"):
        _parser().error("--config FILE is needed")
    try:
        settings = load(given.config)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EXIT_CONFIGURATION
    if given.command == "ledger":
        return _show_ledger(settings, as_json=given.json)
    return _supervise(settings)


def _parser() -> argparse.ArgumentParser:
    config = argparse.ArgumentParser(add_help=False)
    config.add_argument("--config", type=Path, default=argparse.SUPPRESS, help="the terminal's configuration file")
    parser = argparse.ArgumentParser(
        prog="watchdog", description="Keeps a terminal's processes at work.", parents=[config])
    commands = parser.add_subparsers(dest="command", required=False)
    commands.add_parser("run", parents=[config], help="supervise (the default)")
    shown = commands.add_parser("ledger", parents=[config], help="show the outages and what they add up to")
    shown.add_argument("--json", action="store_true", help="for programs")
    commands.add_parser("catalogue", help="print the guide to fault codes")
    parser.set_defaults(command="run")
    return parser


def _supervise(settings: Settings) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        run(settings, programs(settings))
    except AlreadyRunning as error:
        print(f"Сторож уже работает, процесс {error}.", file=sys.stderr)
        return EXIT_REFUSED
    except OSError as error:
        print(f"Ни папка состояния, ни временная не годятся: {error}", file=sys.stderr)
        return EXIT_REFUSED
    return 0


def _show_ledger(settings: Settings, *, as_json: bool) -> int:
    try:
        contents = ledger.read(settings.ledger)
    except OSError as error:
        print(f"Учёт простоев не читается: {error}", file=sys.stderr)
        return EXIT_REFUSED
    now = SystemClock().now()
    if as_json:
        print(report.to_json(contents, now, settings.hours))
    else:
        Console().print(report.to_table(contents, now, settings.hours))
    return 0


if __name__ == "__main__":
    sys.exit(main())
