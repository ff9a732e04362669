"""A bit of the database's log goes bad while the power is off: what the second journal is there for.

SQLite ends its recovery at the first page that is not right, and every step behind it is gone. That is survived as long
as the log holds nothing that the database has taken in already, and the second journal holds it all; only then does it
happen here. A log that is bad together with the second journal, or half copied, takes two faults at once.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from terminal.journal.frames import frames_back
from terminal.journal.step_frames import FileHead, decode
from terminal.payments import facts as f
from terminal.payments import terminal_facts as t
from tests.simulation.append_files import SimulatedAppendFile
from tests.simulation.truth import MIRROR

if TYPE_CHECKING:
    from tests.simulation.disk import SimulatedDisk, SimulatedFile
    from tests.simulation.truth import Truth

SHARE = 0.1
"""Of the cuts that a bad log follows, when it can be survived."""
SHARE_BEHIND_AN_END = 0.8
"""The same when the newest step ends a row of the outbox: what is lost with such a step alone is seldom at the end."""
ENDS = frozenset((f.TransferAccepted.kind, f.TransferRefused.kind, t.ReadingsAccepted.kind, t.ReadingsRefused.kind))
FRAME_HEAD_BYTES = 24
LOG_HEAD_BYTES = 32
_SALTS = slice(16, 24)
_SALTS_OF_FRAME = slice(8, 16)


def spoil_log(disk: SimulatedDisk, database: str, truth: Truth, random: Random) -> bool:
    """Flip one bit of what the log holds, perhaps; what `truth` knows as acknowledged must not be lost."""
    share = SHARE if ENDS.isdisjoint(truth.newest) else SHARE_BEHIND_AN_END
    if random.random() >= share:
        return False
    log, file = disk.files.get(f"{database}-wal"), disk.files.get(database)
    if log is None or file is None or not _holds_news(log, file) or _newest_in_mirror(disk) < truth.acknowledged:
        return False
    length = _used(log.durable)
    if length <= LOG_HEAD_BYTES:
        return False
    log.flip(random.randrange(length), random.randrange(8))
    return True


def _holds_news(log: SimulatedFile, file: SimulatedFile) -> bool:
    """Whether nothing of the log is in the database, and its beginning has reached the platter."""
    return file.written_at < log.begun_at and log.durable[:LOG_HEAD_BYTES] == log.begun_with


def _used(log: bytearray) -> int:
    """Bytes of the log up to the end of the last page that belongs to it (sqlite.org/walformat.html)."""
    page = int.from_bytes(log[8:12], "big")
    end = LOG_HEAD_BYTES
    while page and log[end : end + FRAME_HEAD_BYTES][_SALTS_OF_FRAME] == log[_SALTS]:
        end += FRAME_HEAD_BYTES + page
    return min(end, len(log))


def _newest_in_mirror(disk: SimulatedDisk) -> int:
    """The last record that the second journal holds on the platter with all that leads to it in the same file; 0 when
    its end is torn, or has come there out of order."""
    newest = max((each for each in disk.files if each.startswith(f"{MIRROR}/")), default=None)
    if newest is None:
        return 0
    file = SimulatedAppendFile(disk, disk.files[newest])
    with disk.undisturbed():
        frames = list(frames_back(file, file.size()))
    if not frames or frames[-1][0] > 0:
        return 0
    frame = decode(frames[0][1])
    return frame.after.seq if isinstance(frame, FileHead) else frame.last.seq
