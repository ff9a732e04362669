"""A step as the second journal holds it: the records as the chain covers them, and whatever else the step brought.

Lines of UTF-8. The first one counts the records, which follow with five lines each; then a line for each outbox row,
sealed datum, ended row and wrapped key, told apart by its first letter. No field holds a line feed, and none but a
record's body, a line of its own, holds a space. Bytes are hexadecimal; empty ones are a hyphen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.identifiers import IdempotencyKey, TerminalId
from contracts.money import Money
from terminal.journal.audit_chain import ChainBroken, Checkpoint, link
from terminal.journal.placement import placement
from terminal.journal.step_writer import RecordRow
from terminal.payments.codec import from_body
from terminal.payments.facts import PaymentFact
from terminal.ports.records import NewOutboxRow, OutboxKind, OutboxState, Sealed, Step
from terminal.ports.vault import DataKey

_STEP = "step"
_FILE = "file"
_RECORD_LINES = 5
_LEAVES, _SEALED, _ENDED, _KEY = "OSEK"
_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class StepFrame:
    """One step. `records` are (seq, at, kind, payment, body); `head` is the link of the last one."""

    records: tuple[tuple[int, str, str, int | None, str], ...]
    head: bytes
    rest: tuple[str, ...] = ()
    """The lines after the records."""

    @property
    def first(self) -> int:
        return self.records[0][0]

    @property
    def last(self) -> Checkpoint:
        return Checkpoint(self.records[-1][0], self.head)


@dataclass(frozen=True, slots=True)
class FileHead:
    """The first frame of a file: whose it is, and the record after which it begins."""

    terminal: TerminalId
    after: Checkpoint


def encode_step(step: Step, rows: Sequence[RecordRow]) -> bytes:
    """The content of a step's frame; `rows` are the step's facts as records.

    One text that grows: with cold caches a list of lines and its joining cost a quarter more.
    """
    text = f"{_STEP} {len(rows)} {rows[-1][-1].hex()}"
    for seq, at, kind, payment, _, _, body, _ in rows:
        text += f"\n{seq}\n{at}\n{kind}\n{payment or 0}\n{body}"
    for order in step.outbox:
        text += f"\n{_LEAVES} {order.key} {order.kind!s} {order.created_text} {order.amount.kopecks}"
        text += f" {order.sealed_body.hex() or _NOTHING}"
    for sealed in step.sealed:
        text += f"\n{_SEALED} {sealed.digest} {sealed.ciphertext.hex() or _NOTHING}"
    for key, state in step.settles:
        text += f"\n{_ENDED} {key} {state!s}"
    for data_key in step.keys:
        text += f"\n{_KEY} {data_key.owner} {data_key.epoch} {data_key.wrapped.hex() or _NOTHING}"
    return text.encode()


def encode_head(head: FileHead) -> bytes:
    """The content of a file's first frame."""
    return f"{_FILE} {head.terminal} {head.after.seq} {head.after.head.hex()}".encode()


def decode(content: bytes) -> StepFrame | FileHead:
    """Read a frame's content back. Raises `ValueError` for what this version does not know."""
    first, *lines = content.decode().split("\n")
    match first.split(" "):
        case ["file", terminal, seq, head]:
            return FileHead(TerminalId(terminal), Checkpoint(int(seq), bytes.fromhex(head)))
        case ["step", count, head]:
            end = int(count) * _RECORD_LINES
            if not 0 < end <= len(lines):
                raise ValueError(f"a frame of {len(lines)} lines for {count} records")
            records = tuple(_record(lines[start : start + _RECORD_LINES]) for start in range(0, end, _RECORD_LINES))
            return StepFrame(records, bytes.fromhex(head), tuple(lines[end:]))
        case _:
            raise ValueError(f"a frame that begins {first[:20]!r} is unknown")


def step_of(frame: StepFrame, checked: Checkpoint) -> tuple[Step, list[RecordRow]]:
    """The step of a frame, and its records as they continue the chain after `checked`.

    Raises `ChainBroken` when they do not, and `ValueError` for content that this version does not know.
    """
    rows: list[RecordRow] = []
    head = checked.head
    for expected, (seq, at, kind, payment, body) in enumerate(frame.records, start=checked.seq + 1):
        if seq != expected:
            raise ChainBroken(f"record {expected} is missing in the second journal: the next one is {seq}")
        head = link(head, seq, at, kind, payment, body)
        fact = from_body(kind, body)
        slot, after = placement(fact, seq) if isinstance(fact, PaymentFact) else (None, None)
        rows.append((seq, at, kind, payment, slot, after, body, head))
    if head != frame.head:
        raise ChainBroken(f"record {frame.last.seq} of the second journal does not continue the chain")
    facts = tuple(from_body(row[2], row[6]) for row in rows)
    return replace(rest_of(frame), facts=facts), rows


def rest_of(frame: StepFrame) -> Step:
    """What a step brought beside its facts. Raises `ValueError` for content that this version does not know."""
    outbox: list[NewOutboxRow] = []
    sealed: list[Sealed] = []
    settles: list[tuple[IdempotencyKey, OutboxState]] = []
    keys: list[DataKey] = []
    for line in frame.rest:
        match line.split(" "):
            case ["O", key, kind, at, amount, body]:
                created_at = datetime.fromisoformat(at)
                row = NewOutboxRow(IdempotencyKey(key), OutboxKind(kind), _bytes(body), created_at, Money(int(amount)))
                outbox.append(row)
            case ["S", digest, ciphertext]:
                sealed.append(Sealed(digest, _bytes(ciphertext)))
            case ["E", key, state]:
                settles.append((IdempotencyKey(key), OutboxState(state)))
            case ["K", owner, epoch, wrapped]:
                keys.append(DataKey(owner, int(epoch), _bytes(wrapped)))
            case _:
                raise ValueError(f"a line that begins {line[:20]!r} is unknown")
    return Step((), tuple(outbox), tuple(sealed), tuple(settles), tuple(keys))


def _record(lines: Sequence[str]) -> tuple[int, str, str, int | None, str]:
    seq, at, kind, payment, body = lines
    return int(seq), at, kind, int(payment) or None, body


def _bytes(text: str) -> bytes:
    return b"" if text == _NOTHING else bytes.fromhex(text)
