"""The second journal read as evidence: every whole frame of every file, from both ends, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import apsw

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import Checkpoint
from terminal.journal.erasing import data_key
from terminal.journal.frames import FRAME_BYTES, Found, frames_back, frames_from
from terminal.journal.mirror_shelf import MirrorDamaged, Shelf, Span, decoded, is_superseded, name_of
from terminal.journal.step_frames import FileHead, StepFrame, rest_of
from terminal.ports.append_files import AppendFile, AppendFolder
from terminal.ports.records import BrokenIdentity

DIFFERENCES_LIMIT = 20
"""Reported; more say nothing more."""


@dataclass(slots=True)
class MirrorContent:
    """All that can be read. Holds the whole of a second journal: for tools, not for the service."""

    frames: dict[int, StepFrame] = field(default_factory=dict)
    """First record → step; without what a later file has superseded."""
    beginnings: list[Checkpoint] = field(default_factory=list)
    """The records after which the files begin."""
    terminals: set[TerminalId] = field(default_factory=set)
    damage: list[str] = field(default_factory=list)

    @property
    def newest(self) -> int:
        return max((frame.last.seq for frame in self.frames.values()), default=0)


def read_mirror(folder: AppendFolder) -> MirrorContent:
    """Read every file. Raises `OSError` of the disk."""
    content = MirrorContent()
    shelf = Shelf(folder, TerminalId(""))
    spans: list[Span] = []
    held: list[tuple[int, StepFrame]] = []
    for number in shelf.numbers():
        file, known = shelf.open(number), len(content.beginnings)
        try:
            frames = _whole_frames(file, number, content)
            steps = [step for _, frame in frames for step in _take(number, frame, content)]
        finally:
            file.close()
        held += [(number, step) for step in steps]
        for begin in content.beginnings[known:]:
            spans.append(Span(number, begin.seq, max([begin.seq, *(step.last.seq for step in steps)])))
    content.frames = {
        step.first: step for number, step in held if not is_superseded(spans, number, step.last.seq)
    }
    return content


def differences(connection: apsw.Connection, content: MirrorContent) -> Iterator[str]:
    """Where the second journal is damaged, or says something else than the database."""
    yield from content.damage
    row = connection.execute("SELECT max(seq) FROM record").fetchone()
    newest = int(row[0] or 0) if row is not None else 0
    if content.newest > newest:
        yield f"the journal ends at record {newest}, its second copy at record {content.newest}"
    inside = (frame for frame in content.frames.values() if frame.last.seq <= newest)
    found = (each.text for frame in inside for each in frame_differences(connection, frame))
    yield from islice(found, DIFFERENCES_LIMIT)


def frame_differences(connection: apsw.Connection, frame: StepFrame | FileHead) -> Iterator[BrokenIdentity]:
    """Where a frame says something else than the database. Raises `ValueError` for what this version does not know."""
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


def _whole_frames(file: AppendFile, number: int, content: MirrorContent) -> Iterator[Found]:
    """From the beginning to the first damage, then from the end back to the last."""
    whole = 0
    for offset, frame in frames_from(file, 0):
        yield offset, frame
        whole = offset + len(frame) + FRAME_BYTES
    if whole == file.size():
        return
    content.damage.append(f"{name_of(number)} is damaged at byte {whole} of {file.size()}")
    for offset, frame in frames_back(file, file.size()):
        if offset < whole:
            return
        yield offset, frame


def _take(number: int, content: bytes, into: MirrorContent) -> Iterator[StepFrame]:
    """The step that a frame holds; a file's beginning and what is damaged are noted."""
    try:
        frame = decoded(number, content)
    except MirrorDamaged as error:
        into.damage.append(str(error))
        return
    match frame:
        case FileHead(terminal=terminal, after=after):
            into.terminals.add(terminal)
            into.beginnings.append(after)
        case StepFrame():
            yield frame
