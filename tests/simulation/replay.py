"""`python -m tests.simulation.replay --runs N --seed S`: the same seeds twice, in interpreters that hash otherwise.

Strings have other hashes in the second one and objects other addresses, so that whatever goes by the order of a set
shows as another trace.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console

from tests.simulation.batch import Findings, play_batch

CUTS = 30
HASH_SEEDS = ("1", "2")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.replay")
    parser.add_argument("--runs", type=int, default=1000, help="seeds, each played twice")
    parser.add_argument("--seed", type=int, default=1, help="the first of them")
    parser.add_argument("--cuts", type=int, default=CUTS, help="power cuts in each run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--digests", action="store_true", help="play them once and print what came out as JSON")
    options = parser.parse_args(arguments)
    if options.digests:
        sys.stdout.write(json.dumps(_play(options).digests))
        return 0
    console = Console()
    first, second = (_digests(arguments, hash_seed, console) for hash_seed in HASH_SEEDS)
    other = sorted(int(seed) for seed, digest in first.items() if second.get(seed) != digest)
    console.print(f"{len(first) - len(other)} of {len(first)} seeds were the same run twice")
    if other:
        console.print(f"not the same: {other}", style="red", soft_wrap=True)
    return 1 if other or len(first) != options.runs else 0


def _play(options: argparse.Namespace) -> Findings:
    return play_batch(iter(range(options.seed, options.seed + options.runs)), options.jobs, cuts=options.cuts)


def _digests(arguments: Sequence[str], hash_seed: str, console: Console) -> dict[str, str]:
    """What each seed's trace came to in an interpreter of its own."""
    command = [sys.executable, "-m", "tests.simulation.replay", *arguments, "--digests"]
    with console.status(f"seeds played with hash seed {hash_seed}"):
        done = subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, stdout=subprocess.PIPE, text=True, check=True
        )
    digests: dict[str, str] = json.loads(done.stdout)
    return digests


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
