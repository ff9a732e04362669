"""The second journal against the database: every frame whole, every record the same, every key the same.

A file with damage in it is written again from the database, which has just been looked through, and the damaged one
is then removed. What the two say differently is not repaired by a guess.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice

import apsw

from terminal.journal.frames import FRAME_BYTES, Found, frames_from
from terminal.journal.mirror_reading import frame_differences
from terminal.journal.mirror_shelf import MirrorDamaged, Span, is_superseded, name_of
from terminal.journal.mirroring import Mirroring
from terminal.journal.step_frames import FileHead, StepFrame, decode
from terminal.ports.records import BrokenIdentity

FRAMES_AT_ONCE = 200

log = logging.getLogger(__name__)


def broken_mirror(connection: apsw.Connection, mirroring: Mirroring) -> Iterator[list[BrokenIdentity]]:
    """Check file by file, in pieces; at an error of the disk the second journal is left to `Mirroring`."""
    mirror = mirroring.mirror
    if mirror is None:
        return
    try:
        for number in mirror.shelf.numbers():
            yield from _broken_file(connection, mirroring, number)
    except MirrorDamaged as error:
        yield [BrokenIdentity(9, str(error))]
    except OSError as error:
        log.error("mirror_not_read detail=%s", error)


def _broken_file(connection: apsw.Connection, mirroring: Mirroring, number: int) -> Iterator[list[BrokenIdentity]]:
    mirror = mirroring.mirror
    assert mirror is not None
    file = mirror.shelf.open(number)
    try:
        spans = mirror.shelf.spans()
        end, whole = file.size(), 0
        frames = frames_from(file, 0)
        while piece := list(islice(frames, FRAMES_AT_ONCE)):
            try:
                counting = [each for each in _decoded(piece) if not _is_superseded(spans, number, each)]
                yield [broken for frame in counting for broken in frame_differences(connection, frame)]
            except ValueError:
                break
            whole = piece[-1][0] + len(piece[-1][1]) + FRAME_BYTES
            if whole >= end:
                return
    finally:
        file.close()
    log.error("mirror_damaged file=%s offset=%d", name_of(number), whole)
    try:
        mirroring.rewrite(number)
        yield []
    except MirrorDamaged as error:
        yield [BrokenIdentity(9, str(error))]


def _decoded(piece: list[Found]) -> list[StepFrame | FileHead]:
    return [decode(content) for _, content in piece]


def _is_superseded(spans: Sequence[Span], number: int, frame: StepFrame | FileHead) -> bool:
    return isinstance(frame, StepFrame) and is_superseded(spans, number, frame.last.seq)
