"""From the start of the kiosk's process to a page of the service on the glass, beside an empty Kivy window.

The empty window runs in the same environment and counts as there with its first frame; the kiosk must have drawn a
frame with the page that it was sent. Pairs take turns, so that both see the same machine.
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
from pathlib import Path

from contracts.envelope import Shown, decode, encode
from simulator.bench.configuration import PANELS
from tests.benchmarks.measured import Measured, Result, spread_of
from tests.benchmarks.rig import FOLDER, Rig
from tests.support.page_samples import samples

PAIRS = 9
GOAL_RATIO = 1.3
PATIENCE_S = 60.0
PAGE = samples("ru")["start"]


def run(quick: bool = False) -> Result:
    """The first pair, which finds cold files, does not count."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        configuration = Rig(place, 1.0).kiosk_configuration(place / "pages.sock")
        pairs = [(_empty(place), _kiosk(place, configuration)) for _ in range(1 + (2 if quick else PAIRS))][1:]
    empty, kiosk = zip(*pairs, strict=True)
    return {
        "kiosk_start": Measured(
            statistics.median(kiosk), "s", GOAL_RATIO, statistics.median(empty), spread=spread_of(kiosk),
            remark="process start to a page on the glass / to the first frame of an empty window"),
    }


def _empty(place: Path) -> float:
    """Seconds to the first frame."""
    size = PANELS["portrait"]
    reading, writing = os.pipe()
    module = "tests.benchmarks.empty_window"
    command = (sys.executable, "-m", module, str(size.width), str(size.height), str(place), str(writing))
    began = time.monotonic()
    with _process(command, writing):
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            if not told.read(1):
                raise RuntimeError("the empty window ended without a frame")
        return time.monotonic() - began


def _kiosk(place: Path, configuration: Path) -> float:
    """Seconds to the word of the kiosk that the page is on the glass."""
    path = place / "pages.sock"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        listener.settimeout(PATIENCE_S)
        began = time.monotonic()
        with _process((sys.executable, "-m", "terminal", "kiosk", "--config", str(configuration))):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.settimeout(PATIENCE_S)
                connection.sendall(encode(PAGE))
                while not isinstance(decode(lines.readline()), Shown):
                    pass
                return time.monotonic() - began


@contextlib.contextmanager
def _process(command: tuple[str, ...], *kept: int) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=FOLDER, pass_fds=kept, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()
