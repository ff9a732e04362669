"""The second journal against the database: every frame whole, every record the same, every key the same.

A file with damage in it is written again from the database, which has just been looked through, and the damaged one
is then removed. What the two say differently is not repaired by a guess.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice

import apsw

from terminal.journal.erasing import data_key
from terminal.journal.frames import FRAME_BYTES, frames_from
from terminal.journal.mirror_shelf import MirrorDamaged, name_of
from terminal.journal.mirroring import Mirroring
from terminal.journal.step_frames import FileHead, StepFrame, decode, rest_of
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
    except OSError as error:
        log.error("mirror_not_read detail=%s", error)


def _broken_file(connection: apsw.Connection, mirroring: Mirroring, number: int) -> Iterator[list[BrokenIdentity]]:
    mirror = mirroring.mirror
    assert mirror is not None
    file = mirror.shelf.open(number)
    try:
        end, whole = file.size(), 0
        frames = frames_from(file, 0)
        while piece := list(islice(frames, FRAMES_AT_ONCE)):
            try:
                yield [broken for _, content in piece for broken in _differences(connection, decode(content))]
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


def _differences(connection: apsw.Connection, frame: StepFrame | FileHead) -> Iterator[BrokenIdentity]:
    """Where a frame says something else than the database."""
    place = frame.after if isinstance(frame, FileHead) else frame.last
    row = connection.execute("SELECT hash FROM record WHERE seq = ?", (place.seq,)).fetchone()
    if place.seq > 0 and row != (place.head,):
        yield BrokenIdentity(9, f"record {place.seq} differs between the journal and its second copy")
    if isinstance(frame, FileHead):
        return
    rest = rest_of(frame)
    for key in rest.keys:
        stored = data_key(connection, key.owner)
        if stored is not None and stored.epoch == key.epoch and stored.wrapped != key.wrapped:
            yield BrokenIdentity(6, f"the key of {key.owner} differs between the journal and its second copy")
    for order in rest.outbox:
        row = connection.execute("SELECT created_at, body FROM outbox WHERE key = ?", (order.key,)).fetchone()
        body = order.sealed_body if data_key(connection, order.key) is not None else b""
        if row not in ((order.created_at.isoformat(), order.sealed_body), (order.created_at.isoformat(), body)):
            yield BrokenIdentity(6, f"the outbox row {order.key} differs between the journal and its second copy")
