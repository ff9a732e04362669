"""The second journal: every step once more, in files that only grow.

A step's frame is written before the step is committed and synced soon after, so that a step costs one sync. The
files `steps.000001`, `steps.000002` … begin each with the link that they continue; the oldest ones go
when all together are larger than allowed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import Checkpoint, genesis
from terminal.journal.frames import FRAME_BYTES, Found, frames_back, frames_from, packed
from terminal.journal.step_frames import FileHead, StepFrame, decode, encode_head, encode_step
from terminal.journal.step_writer import RecordRow
from terminal.ports.append_files import AppendFile, AppendFolder
from terminal.ports.records import Step

FILE_BYTES = 4_000_000
"""A file that has grown larger is followed by the next: some ten thousand steps, read through in some 10 ms."""
ALL_BYTES = 512_000_000
"""The oldest files go when all together hold more; about a million and a half records."""
UNSYNCED_FRAMES = 64
"""Frames that may wait for a sync; one more is synced at once."""

_NAME = re.compile(r"steps\.(\d{6})")
log = logging.getLogger(__name__)


class MirrorDamaged(Exception):
    """The second journal's files do not say what they should; the text names the place."""


class Mirror:
    """The second journal of one terminal. Made by `open_mirror`; `newest` is its last record."""

    def __init__(self, folder: AppendFolder, terminal: TerminalId, number: int, file: AppendFile, newest: Checkpoint):
        self._folder = folder
        self._terminal = terminal
        self._number = number
        self._file = file
        self._unsynced = 0
        self.newest = newest

    @property
    def unsynced(self) -> bool:
        """Something was written that a power cut may take."""
        return self._unsynced > 0

    def write(self, step: Step, rows: Sequence[RecordRow]) -> None:
        """Add a step that continues `newest`; durable with the next `sync`. Raises `OSError`."""
        self._file.append(packed(encode_step(step, rows)))
        self.newest = Checkpoint(rows[-1][0], rows[-1][-1])
        self._unsynced += 1
        if self._unsynced > UNSYNCED_FRAMES:
            self.sync()

    def sync(self) -> None:
        """Make durable what was written, and begin the next file when this one is full. Raises `OSError`."""
        if not self._unsynced:
            return
        self._file.sync()
        self._unsynced = 0
        if self._file.size() > FILE_BYTES:
            self.begin_file(self.newest)

    def begin_file(self, after: Checkpoint) -> None:
        """Go on in a file of its own after `after`. Raises `OSError`."""
        self._file.close()
        number = max(_numbers(self._folder), default=0) + 1
        self._file = _begin(self._folder, number, FileHead(self._terminal, after))
        self._number, self.newest, self._unsynced = number, after, 1
        _drop_oldest(self._folder)

    def frames_after(self, seq: int) -> list[StepFrame]:
        """The steps whose records come after `seq`, in order. Raises `MirrorDamaged`, `OSError`."""
        found: list[StepFrame] = []
        for each in self._frames_back():
            if each.last.seq <= seq:
                break
            found.append(each)
        return found[::-1]

    def close(self) -> None:
        """Let go of the file. Raises `OSError`."""
        self._file.close()

    def _frames_back(self) -> Iterator[StepFrame]:
        for number in sorted(_numbers(self._folder), reverse=True):
            file = self._file if number == self._number else self._folder.open(_name(number))
            for _, content in frames_back(file, file.size()):
                frame = _decoded(number, content)
                if isinstance(frame, StepFrame):
                    yield frame


def open_mirror(folder: AppendFolder, terminal: TerminalId) -> Mirror:
    """Open the second journal or begin it, and cut off what a power cut has torn at its end.

    Raises `OSError` of the disk and `MirrorDamaged`: another terminal's, or of no known form.
    """
    for number in sorted(_numbers(folder), reverse=True):
        file = folder.open(_name(number))
        last = _settled_end(file)
        if last is not None:
            return Mirror(folder, terminal, number, file, _checkpoint(number, last, terminal))
        file.close()
        folder.remove(_name(number))
    head = FileHead(terminal, genesis(terminal))
    return Mirror(folder, terminal, 1, _begin(folder, 1, head), head.after)


def _settled_end(file: AppendFile) -> bytes | None:
    """The content of the last whole frame that all frames before lead to; what comes after it is cut off.

    Frames that were not synced may be kept out of order: so many as may wait for a sync are looked through.
    """
    back = list(islice(frames_back(file, file.size()), UNSYNCED_FRAMES + 2))
    if back and (back[-1][0] == 0 or len(back) > UNSYNCED_FRAMES + 1):
        return back[0][1]
    last: Found | None = None
    for last in frames_from(file, 0):  # noqa: B007 - the last one is what is wanted
        pass
    if last is None:
        return None
    good = last[0] + len(last[1]) + FRAME_BYTES
    log.warning("mirror_end_cut bytes=%d", file.size() - good)
    file.truncate(good)
    return last[1]


def _checkpoint(number: int, content: bytes, terminal: TerminalId) -> Checkpoint:
    frame = _decoded(number, content)
    if isinstance(frame, StepFrame):
        return frame.last
    if frame.terminal != terminal:
        raise MirrorDamaged(f"the second journal belongs to terminal {frame.terminal}, this is {terminal}")
    return frame.after


def _decoded(number: int, content: bytes) -> StepFrame | FileHead:
    try:
        return decode(content)
    except ValueError as error:
        raise MirrorDamaged(f"{_name(number)} holds a frame of no known form: {error}") from error


def _begin(folder: AppendFolder, number: int, head: FileHead) -> AppendFile:
    file = folder.open(_name(number))
    file.append(packed(encode_head(head)))
    return file


def _drop_oldest(folder: AppendFolder) -> None:
    """Keep the newest files, as many as may be."""
    kept = 0
    for number in sorted(_numbers(folder), reverse=True):
        file = folder.open(_name(number))
        kept += file.size()
        file.close()
        if kept > ALL_BYTES:
            folder.remove(_name(number))
            log.info("mirror_file_removed number=%d", number)


def _numbers(folder: AppendFolder) -> list[int]:
    return [int(match[1]) for name in folder.names() if (match := _NAME.fullmatch(name))]


def _name(number: int) -> str:
    return f"steps.{number:06d}"
