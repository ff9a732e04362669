"""The hash chain over the records: an edited, deleted, inserted or reordered record breaks it.

Link n is SHA-256(0x00 ‖ link n-1 ‖ canonical record n); the chain begins at a value made of the terminal's name, so
that the journal of one terminal never passes for another's. The chain does not show that records were cut off its
end: the beginning of a chain is a chain. That is what comparing the head with the centre's is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from contracts.identifiers import TerminalId

try:  # the interpreter's own: OpenSSL's way to the same takes twice as long once a sync has emptied the caches
    from _sha256 import sha256 as sha256_of_one  # type: ignore[import-not-found]
except ImportError:  # an interpreter that keeps it elsewhere
    sha256_of_one = sha256

HASH_BYTES = 32
_RECORD = b"\x00"
_GENESIS = b"\x01"
"""Two purposes never hash the same bytes."""


@dataclass(frozen=True, slots=True)
class Record:
    """One stored record. `body` is the canonical JSON of the fact, `at` zone-aware ISO time."""

    seq: int
    at: str
    kind: str
    payment: int | None
    body: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A record and the link there; record 0 is before the first."""

    seq: int
    head: bytes


class ChainBroken(Exception):
    """A record that does not continue the chain; the text names it."""


def genesis(terminal: TerminalId) -> Checkpoint:
    """Where the chain of a terminal begins."""
    return Checkpoint(0, sha256(_GENESIS + terminal.encode()).digest())


def link(previous: bytes, seq: int, at: str, kind: str, payment: int | None, body: str) -> bytes:
    """The link of a record.

    Canonical form: the fields divided by line feeds, a missing payment as 0. None of them contains a line feed
    (canonical JSON escapes it), so different records have different forms.
    """
    head: bytes = sha256_of_one(_RECORD + previous + f"{seq}\n{at}\n{kind}\n{payment or 0}\n{body}".encode()).digest()
    return head


def follow_all(checked: Checkpoint, records: Iterable[tuple[Any, ...]]) -> Checkpoint:
    """The chain over many records, given as the fields of `Record`: `follow` with `link` in its midst, because a start
    goes through thousands. Raises `ChainBroken`."""
    last, head = checked.seq, checked.head
    for seq, at, kind, payment, body, stored in records:
        last += 1
        head = sha256(b"%b%b%b" % (_RECORD, head, f"{seq}\n{at}\n{kind}\n{payment or 0}\n{body}".encode())).digest()
        if seq != last or head != stored:
            raise ChainBroken(f"record {last} is missing or not what was written: {seq} ({kind}) stands there")
    return Checkpoint(last, head)


def follow(checked: Checkpoint, record: Record) -> Checkpoint:
    """The chain one record further. Raises `ChainBroken` when the record does not fit."""
    if record.seq != checked.seq + 1:
        raise ChainBroken(f"record {checked.seq + 1} is missing: the next one is {record.seq}")
    head = link(checked.head, record.seq, record.at, record.kind, record.payment, record.body)
    if head != record.hash:
        raise ChainBroken(f"record {record.seq} ({record.kind}) is not what was written")
    return Checkpoint(record.seq, head)
