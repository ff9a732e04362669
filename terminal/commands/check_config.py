"""`python -m terminal check-config FILE`: every mistake at once; exit 2 when there is one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from terminal.config import ConfigError, check, describe_errors

EXIT_CONFIG = 2


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m terminal check-config")
    parser.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    problems = check(options.file)
    if problems:
        sys.stdout.write(describe_errors(ConfigError(problems)) + "\n")
        return EXIT_CONFIG
    sys.stdout.write(f"{options.file}: ошибок нет\n")
    return 0
