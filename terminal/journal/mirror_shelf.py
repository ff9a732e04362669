"""The second journal's numbered files: `steps.000001`, `steps.000002` …

Each begins with a frame that says whose it is and after which record it begins. What a later file says of a record
supersedes what an earlier one said. The oldest files go when all together are larger than allowed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.identifiers import TerminalId
from terminal.journal.audit_chain import Checkpoint
from terminal.journal.frames import frames_back, frames_from, packed
from terminal.journal.step_frames import FileHead, StepFrame, decode, encode_head
from terminal.ports.append_files import AppendFile, AppendFolder

ALL_BYTES = 512_000_000
"""All files together; about a million and a half records."""

_NAME = re.compile(r"steps\.(\d{6})")
log = logging.getLogger(__name__)


class MirrorDamaged(Exception):
    """The second journal's files do not say what they should; the text names the place."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a file holds: the records after `after`, up to `last`."""

    number: int
    after: int
    last: int


def is_superseded(spans: Sequence[Span], number: int, record: int) -> bool:
    """Whether a record of a file does not count any more: a later file holds it as well, or has gone on from before
    it, as happens when the database was right and the second journal was not. The file with the highest number is
    the one that goes on."""
    later = [each for each in spans if each.number > number]
    return any(each.after < record <= each.last for each in later) or (bool(later) and record > later[-1].last)


class Shelf:
    """The files of one terminal's second journal. Every method may raise `OSError` of the disk."""

    def __init__(self, folder: AppendFolder, terminal: TerminalId) -> None:
        self._folder = folder
        self._terminal = terminal

    def numbers(self) -> list[int]:
        """Numbers of the files, ascending."""
        return sorted(int(match[1]) for name in self._folder.names() if (match := _NAME.fullmatch(name)))

    def open(self, number: int) -> AppendFile:
        """Open an existing file."""
        return self._folder.open(name_of(number))

    def begin(self, number: int, after: Checkpoint) -> AppendFile:
        """Make a file that begins after a record; none is left behind when that fails."""
        file = self._folder.open(name_of(number))
        try:
            file.append(packed(encode_head(FileHead(self._terminal, after))))
        except OSError:
            file.close()
            self._folder.remove(name_of(number))
            raise
        return file

    def remove(self, number: int) -> None:
        """Delete a file that is not open."""
        self._folder.remove(name_of(number))
        log.warning("mirror_file_removed number=%d", number)

    def drop_oldest(self) -> None:
        """Keep the newest files, as many as may be."""
        kept = 0
        for number in reversed(self.numbers()):
            file = self.open(number)
            kept += file.size()
            file.close()
            if kept > ALL_BYTES:
                self.remove(number)

    def head(self, number: int) -> FileHead | None:
        """A file's first frame, None when it is not whole. Raises `MirrorDamaged` for another terminal's."""
        file = self.open(number)
        try:
            first = next(frames_from(file, 0), None)
        finally:
            file.close()
        head = None if first is None else decoded(number, first[1])
        if not isinstance(head, FileHead):
            return None
        if head.terminal != self._terminal:
            raise MirrorDamaged(f"the second journal belongs to terminal {head.terminal}, this is {self._terminal}")
        return head

    def spans(self) -> list[Span]:
        """Of all files whose beginning can be read, ascending."""
        found = []
        for number in self.numbers():
            head = self.head(number)
            if head is not None:
                newest = next(self.steps_back(number), None)
                found.append(Span(number, head.after.seq, head.after.seq if newest is None else newest.last.seq))
        return found

    def range_of(self, number: int, newest: int) -> tuple[int, int]:
        """The records that a damaged file should hold: after the first number and up to the second."""
        head = self.head(number)
        if head is not None:
            after = head.after.seq
        else:
            earlier = [frame.first - 1 for frame in self.steps_back(number)]
            before = [frame.last.seq for each in self.numbers() if each < number for frame in self.steps_back(each)]
            after = min(earlier) if earlier else max(before, default=0)
        others = [each for other in self.numbers() if other != number and (each := self.head(other)) is not None]
        return after, min((each.after.seq for each in others if each.after.seq > after), default=newest)

    def steps_back(self, number: int) -> Iterator[StepFrame]:
        """The steps of a file, the last one first; what lies behind damage is read from the file's beginning."""
        file = self.open(number)
        try:
            start = -1
            for start, content in frames_back(file, file.size()):  # noqa: B007 - where it ended is looked at
                yield from _step(number, content)
            if start != 0:
                for _, content in reversed(list(frames_from(file, 0))):
                    yield from _step(number, content)
        finally:
            file.close()


def _step(number: int, content: bytes) -> Iterator[StepFrame]:
    frame = decoded(number, content)
    if isinstance(frame, StepFrame):
        yield frame


def decoded(number: int, content: bytes) -> StepFrame | FileHead:
    """A frame of a file. Raises `MirrorDamaged` for content of no known form."""
    try:
        return decode(content)
    except ValueError as error:
        raise MirrorDamaged(f"{name_of(number)} holds a frame of no known form: {error}") from error


def name_of(number: int) -> str:
    """The file's name; names in order of the alphabet are in order of the numbers."""
    return f"steps.{number:06d}"
