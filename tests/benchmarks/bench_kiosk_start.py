"""From the start of the kiosk's process to its first frame, beside an empty Kivy window in the same environment.

The three take turns, so that they see the same machine. The kiosk's second figure is the frame with the first page of
the service, for which there is no goal.
"""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from contracts.envelope import Shown, decode, encode
from tests.benchmarks.measured import Measured, Result, spread_of
from tests.benchmarks.rig import FOLDER, Rig
from tests.support.page_samples import samples

PAIRS = 9
GOAL_RATIO = 1.3
PATIENCE_S = 60.0
PAGE = samples("ru")["start"]


@dataclass(frozen=True, slots=True)
class KioskStart:
    """Seconds from the start of the process."""

    first_frame: float
    page: float


def run(quick: bool = False) -> Result:
    """The first pair, which finds cold files, does not count."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        configuration = Rig(place, 1.0).kiosk_configuration(place / "pages.sock")
        pairs = [(_empty(configuration), _kiosk(configuration)) for _ in range(1 + (2 if quick else PAIRS))][1:]
    baseline = statistics.median(empty for empty, _ in pairs)
    frames, pages = ([start.first_frame for _, start in pairs], [start.page for _, start in pairs])
    return {
        "kiosk_start": Measured(
            statistics.median(frames), "s", GOAL_RATIO, baseline, spread=spread_of(frames),
            remark="process start to the first frame, beside an empty Kivy window"),
        "kiosk_page": Measured(
            statistics.median(pages), "s", None, baseline, spread=spread_of(pages),
            remark="process start to the start page of the service on the glass, beside the same"),
    }


def _empty(configuration: Path) -> float:
    """Seconds to the first frame."""
    began = time.monotonic()
    with _program("empty", configuration) as told:
        return _first_frame(told) - began


def _kiosk(configuration: Path) -> KioskStart:
    """A kiosk whose service has a page for it at once."""
    path = configuration.with_name("pages.sock")
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        listener.settimeout(PATIENCE_S)
        began = time.monotonic()
        with _program("kiosk", configuration) as told:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.settimeout(PATIENCE_S)
                connection.sendall(encode(PAGE))
                first_frame = _first_frame(told)
                while not isinstance(decode(lines.readline()), Shown):
                    pass
                return KioskStart(first_frame - began, time.monotonic() - began)


def _first_frame(told: IO[bytes]) -> float:
    """When the byte came. Raises `RuntimeError`."""
    if not told.read(1):
        raise RuntimeError("the program ended without a frame")
    return time.monotonic()


@contextlib.contextmanager
def _program(which: str, configuration: Path) -> Iterator[IO[bytes]]:
    """A program of `first_frame`, and where it says that its first frame is there."""
    reading, writing = os.pipe()
    command = (sys.executable, "-m", "tests.benchmarks.first_frame", which, str(configuration), str(writing))
    process = subprocess.Popen(
        command, cwd=FOLDER, pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb", buffering=0) as told:
            yield told
    finally:
        process.kill()
        process.wait()
