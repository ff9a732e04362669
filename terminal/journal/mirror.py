"""The second journal: every step once more, in files that only grow.

A step's frame is written and synced soon after the step was committed, so that a step costs one write and one sync on
the way of a note.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import Checkpoint, genesis
from terminal.journal.frames import FRAME_BYTES, Found, frames_back, frames_from, packed
from terminal.journal.mirror_shelf import MirrorDamaged, Shelf, decoded, is_superseded
from terminal.journal.step_frames import StepFrame, encode_step
from terminal.journal.step_writer import RecordRow
from terminal.ports.append_files import AppendFile, AppendFolder
from terminal.ports.records import Step

FILE_BYTES = 4_000_000
"""A file that has grown larger is followed by the next: some ten thousand steps, read through in some 10 ms."""
UNSYNCED_FRAMES = 64
"""Frames that may wait for a sync; one more is synced at once."""

log = logging.getLogger(__name__)


class Mirror:
    """The second journal of one terminal. Made by `open_mirror`. Every method may raise `OSError` of the disk."""

    def __init__(self, shelf: Shelf, number: int, file: AppendFile, newest: Checkpoint) -> None:
        self.shelf = shelf
        self._number = number
        self._file = file
        self._unsynced = 0
        self._newest = (newest.seq, newest.head)
        self.durable = newest
        """The last record that a power cut will leave."""

    @property
    def newest(self) -> Checkpoint:
        """Its last record. Made when it is asked for: a step writes it and does not ask."""
        return Checkpoint(*self._newest)

    @property
    def number(self) -> int:
        """The file that grows."""
        return self._number

    def write(self, step: Step, rows: Sequence[RecordRow]) -> None:
        """Add a step that continues `newest`; durable with the next `sync`."""
        self._file.append(packed(encode_step(step, rows)))
        last = rows[-1]
        self._newest = (last[0], last[-1])
        self._unsynced += 1
        if self._unsynced > UNSYNCED_FRAMES:
            self.sync()

    def sync(self) -> None:
        """Make durable what was written, and begin the next file when this one is full."""
        if not self._unsynced:
            return
        self._file.sync()
        self.durable = self.newest
        self._unsynced = 0
        if self._file.size() > FILE_BYTES:
            self.begin_file(self.newest)

    def begin_file(self, after: Checkpoint) -> None:
        """Go on in a file of its own after a record."""
        number = max(self.shelf.numbers(), default=0) + 1
        file = self.shelf.begin(number, after)
        self._file.close()
        self._file, self._number, self._newest, self._unsynced = file, number, (after.seq, after.head), 1
        self.shelf.drop_oldest()

    def frames_after(self, seq: int, limit: int) -> list[StepFrame]:
        """The steps whose records come after `seq`, in order.

        Raises `MirrorDamaged` when they are more than `limit` or the files do not hold all of them.
        """
        if self.newest.seq - seq > limit:
            raise MirrorDamaged(f"the journal lacks {self.newest.seq - seq} records that its second copy holds")
        found: dict[int, StepFrame] = {}
        spans = self.shelf.spans()
        for number in reversed(self.shelf.numbers()):
            for frame in self.shelf.steps_back(number):
                if frame.last.seq <= seq:
                    break
                if not is_superseded(spans, number, frame.last.seq):
                    found[frame.first] = frame
            if seq + 1 in found:
                break
        return [found[first] for first in sorted(found)]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def open_mirror(folder: AppendFolder, terminal: TerminalId, stored: int = 0) -> Mirror:
    """Open the second journal or begin it, and cut off what a power cut has torn at its end.

    Raises `OSError` of the disk and `MirrorDamaged`: another terminal's, of no known form, or with whole steps beyond
    damage that are newer than what leads up to it and than `stored`, the database's last record. They were durable in
    the database once, and may be lost in both: nothing is changed then.
    """
    shelf = Shelf(folder, terminal)
    for number in reversed(shelf.numbers()):
        file = shelf.open(number)
        found = _end(file)
        if found is None:
            file.close()
            shelf.remove(number)
            continue
        last, beyond = found
        file.sync()  # a killed process may have left it to the system, and what is taken for durable must be
        mirror = Mirror(shelf, number, file, _checkpoint(shelf, number, last))
        if beyond is not None:
            log.error("mirror_damaged file=%d after_record=%d", number, mirror.newest.seq)
            named = _checkpoint(shelf, number, beyond).seq
            if named > max(stored, mirror.newest.seq):
                file.close()
                raise MirrorDamaged(f"the second journal is damaged before record {named}, which the journal lacks")
            mirror.begin_file(mirror.newest)
        return mirror
    beginning = genesis(terminal)
    return Mirror(shelf, 1, shelf.begin(1, beginning), beginning)


def _end(file: AppendFile) -> tuple[bytes, bytes | None] | None:
    """The content of the last whole frame that all frames before lead to, and of the last one that lies beyond damage
    after it; None for a file without any. A torn end is cut off; what lies beyond damage is left for whoever repairs,
    and so is a file of which only the beginning is damaged.

    Frames that were not synced may be kept out of order: so many as may wait for a sync are looked through.
    """
    back = list(islice(frames_back(file, file.size()), UNSYNCED_FRAMES + 2))
    if back and (back[-1][0] == 0 or len(back) > UNSYNCED_FRAMES + 1):
        return back[0][1], None
    last: Found | None = None
    for each in frames_from(file, 0):
        last = each
    if last is None:
        return (back[0][1], None) if back else None
    good = last[0] + len(last[1]) + FRAME_BYTES
    if not back:
        log.warning("mirror_end_cut bytes=%d", file.size() - good)
        file.truncate(good)
    return last[1], back[0][1] if back else None


def _checkpoint(shelf: Shelf, number: int, content: bytes) -> Checkpoint:
    shelf.head(number)  # another terminal's is refused
    frame = decoded(number, content)
    return frame.last if isinstance(frame, StepFrame) else frame.after
