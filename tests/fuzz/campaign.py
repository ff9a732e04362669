"""All targets fuzzed for a given time, so many at once, each in a process of its own; what came of it."""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import places
from tests.fuzz.target import Target

MAX_RSS_MB = 512
"""Of one fuzzing process; the product's own share of it is some tens."""
ENDLESS_S = 30
"""A hang that not even the limit of processor time ends: waiting, or a loop outside Python."""
LATE_S = 180
"""How long a process may take beyond its time: it begins with every known input, and machines are busy."""
LEAST_S = 2
"""A shorter run has hardly begun."""
_INITED = re.compile(r"INITED cov: (\d+)")
_DONE = re.compile(r"DONE\s+cov: (\d+)")
_STATISTIC = re.compile(r"^stat::(\w+):\s+(\d+)$", re.MULTILINE)
_UNCAUGHT = re.compile(r"^([\w.]+(?:Error|Exception|TooSlow|Lost|Broken|Refused)\b.*|[\w.]+: .*)$")
_ARTIFACT = re.compile(r"Test unit written to (\S+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be."""

    what: str
    input: Path | None
    log: Path


@dataclass(frozen=True, slots=True)
class Result:
    """One target's run."""

    target: str
    executions: int
    per_second: int
    corpus: int
    """Inputs it began with, regressions and seeds included."""
    edges_before: int
    edges: int
    kept: int
    """Inputs kept by this run because they reached something more."""
    rss_mb: int
    finding: Finding | None


def run_all(
    targets: Sequence[tuple[str, Target]], seconds: float, jobs: int, done: Callable[[Result], None]
) -> list[Result]:
    """Fuzz every (module, target) within `seconds` together, `jobs` at a time; `done` hears of each as it ends."""
    each_s = max(LEAST_S, int(seconds * jobs / len(targets)))
    waiting: queue.SimpleQueue[tuple[str, Target]] = queue.SimpleQueue()
    for target in targets:
        waiting.put(target)
    results: list[Result] = []

    def work() -> None:
        while True:
            try:
                module, target = waiting.get_nowait()
            except queue.Empty:
                return
            result = run_one(module, target, each_s)
            results.append(result)
            done(result)

    workers = [threading.Thread(target=work) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(results, key=lambda each: each.target)


def run_one(module: str, target: Target, seconds: int, build: Path = places.BUILD) -> Result:
    """Fuzz one target for so long."""
    folder = build / target.name
    fresh, seeds, kept, scratch = folder / "new", folder / "seeds", folder / "kept", folder / "scratch"
    for each in (fresh, seeds, scratch):
        shutil.rmtree(each, ignore_errors=True)
    for each in (fresh, seeds, kept, scratch):
        each.mkdir(parents=True, exist_ok=True)
    for place, seed in enumerate(target.seeds):
        (seeds / f"seed-{place:03d}").write_bytes(seed)
    known = [each for each in (seeds, places.corpus(target.name), places.regressions(target.name)) if each.is_dir()]
    corpus = sum(len(places.inputs(each)) for each in known)
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.worker", module, target.name, *_options(target, folder, seconds),
             str(fresh), *(str(each) for each in known)],
            stdout=output, stderr=subprocess.STDOUT, cwd=places.HERE.parents[1],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(scratch)})
        try:
            code = process.wait(seconds + LATE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
    text = log.read_text(encoding="utf-8", errors="replace")
    found = places.inputs(fresh)
    for name, data in found.items():
        (kept / name).write_bytes(data)
    return _result(target.name, text, corpus, len(found), Finding(_what(text), _artifact(text), log) if code else None)


def _options(target: Target, folder: Path, seconds: int) -> list[str]:
    words = folder / "words.txt"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")
    return [
        f"-max_total_time={seconds}", f"-max_len={target.max_bytes}", f"-timeout={ENDLESS_S}",
        f"-rss_limit_mb={MAX_RSS_MB}", f"-artifact_prefix={folder}/", "-print_final_stats=1",
        *([f"-dict={words}"] if target.words else []),
    ]


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02X}" for byte in word)


def _result(name: str, text: str, corpus: int, kept: int, finding: Finding | None) -> Result:
    statistics = {match[1]: int(match[2]) for match in _STATISTIC.finditer(text)}
    before, after = _INITED.search(text), _DONE.search(text)
    edges_before = int(before[1]) if before else 0
    return Result(
        name, statistics.get("number_of_executed_units", 0), statistics.get("average_exec_per_sec", 0), corpus,
        edges_before, int(after[1]) if after else edges_before, kept, statistics.get("peak_rss_mb", 0), finding)


def _artifact(text: str) -> Path | None:
    found = _ARTIFACT.search(text)
    return Path(found[1]) if found else None


def _what(text: str) -> str:
    """The line that says what happened: the exception, or libFuzzer's own summary."""
    lines = text.splitlines()
    raised = next((place for place, line in enumerate(lines) if "Uncaught Python exception" in line), None)
    if raised is not None:
        return next((line for line in lines[raised + 1 :] if _UNCAUGHT.match(line)), "an exception")
    return next((line for line in reversed(lines) if line.startswith("SUMMARY")), lines[-1] if lines else "no output")
