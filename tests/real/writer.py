"""A process that writes payments (`load`), forked so that no time goes into starting Python, and what it says."""

from __future__ import annotations

import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from tests.real.composition import Place
from tests.real.load import Load
from tests.real.words import Lost

PIECE_BYTES = 1 << 16
FOR_EVER = 1 << 30
SETTLE_S = 60.0


@dataclass
class Writer:
    """Made by `start_writer` or `start_settler`."""

    process: int
    words: int
    said: bytes = b""

    def listen(self, seconds: float, lines: int = FOR_EVER) -> None:
        """Until it has said so many lines more, the time is over, or it is gone."""
        wanted = self.said.count(b"\n") + lines
        deadline = time.monotonic() + seconds
        while self.said.count(b"\n") < wanted and (left := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([self.words], [], [], left)
            if ready:
                piece = os.read(self.words, PIECE_BYTES)
                if not piece:
                    break
                self.said += piece

    def kill(self) -> None:
        """Kill it. Raises `Lost` when it had ended by itself."""
        code = self.stop()
        if code != -signal.SIGKILL:
            raise Lost(f"the writer ended by itself: {code}")

    def stop(self) -> int:
        """Kill it unless it has ended by itself; its exit code."""
        os.kill(self.process, signal.SIGKILL)
        return self.end()

    def end(self) -> int:
        """Hear it out; its exit code."""
        self.listen(SETTLE_S)
        os.close(self.words)
        _, status = os.waitpid(self.process, 0)
        return os.waitstatus_to_exitcode(status)


def start_writer(place: Place, prepare: Callable[[Load], None] = lambda _load: None) -> Writer:
    """Payments for ever. `prepare` is done in the new process once the journal is open."""
    return _fork(place, settle_only=False, prepare=prepare)


def settle(place: Place) -> bytes:
    """A process that is left alone finishes every payment; what it has said. Raises `Lost` when it fails."""
    settler = _fork(place, settle_only=True)
    code = settler.end()
    if code:
        raise Lost(f"settling ended with {code}")
    return settler.said


def _fork(place: Place, *, settle_only: bool, prepare: Callable[[Load], None] = lambda _load: None) -> Writer:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return Writer(process, reading)
    code = 1
    try:
        os.close(reading)
        load = Load(place, writing)
        prepare(load)
        if not settle_only:
            load.run_for_ever()
        load.settle()
        load.close()
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)
