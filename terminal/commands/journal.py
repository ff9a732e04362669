"""`python -m terminal journal verify|show|export|repair …`: look at a copy of a journal, or make it whole again."""

from __future__ import annotations

import argparse

from terminal.journal.command import add_arguments


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m terminal")
    add_arguments(parser.add_subparsers(required=True))
    options = parser.parse_args(["journal", *arguments])
    return int(options.run(options))
