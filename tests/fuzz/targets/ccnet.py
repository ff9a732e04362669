"""The bill acceptor's wire: frames out of a stream, answers to commands, and what they make of the notes."""

from __future__ import annotations

from pathlib import Path

from terminal.devices.ccnet.conversation import Outcome, _judge
from terminal.devices.ccnet.enabling import ruble_notes
from terminal.devices.ccnet.note_cycle import MAX_UNVALUED, NoteCycle
from terminal.devices.ccnet.statuses import is_poll_answer, meaning_of, reason_of
from terminal.devices.ccnet.wire import (
    LONGEST_FRAME_BYTES,
    BillTable,
    Command,
    FrameReader,
    Identification,
    Status,
    crc16,
    decode_mask,
    encode_frame,
    encode_mask,
)
from terminal.ports.bill_acceptor import Note, NoteStacked, Observation
from tests.drivers.ccnet_rig import REMEMBERED
from tests.fuzz.byte_choices import ByteChoices
from tests.fuzz.splits import splits
from tests.fuzz.target import Target

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "ccnet_frames.txt"
_EITHER_FORM = (249, 250)
"""Lengths of data that fit a short frame and a long one."""


def _golden() -> list[tuple[bytes, bytes]]:
    lines = (line.split("|") for line in GOLDEN.read_text(encoding="utf-8").splitlines() if line[:1] not in ("#", ""))
    return [(bytes.fromhex(data), bytes.fromhex(frame)) for data, frame, *_ in lines]


def check_frames(data: bytes) -> None:
    """First byte: whose frames, and the seed of the split. Then a stream."""
    before_length, stream = data[:1] > b"\x7f", data[1:]
    told = []
    for pieces in splits(stream, data[0] if data else 0):
        reader = FrameReader(before_length=before_length)
        frames = [frame for piece in pieces for frame in reader.feed(piece)]
        assert len(reader._buffer) < LONGEST_FRAME_BYTES, "more is kept than a frame"
        told.append((frames, reader.finish(), reader.damaged))
        assert reader.feed(encode_frame(b"\x14")) == [b"\x14"], "no frame is read after noise"
    assert told.count(told[0]) == len(told), "the split changes what is read"
    for frame in told[0][0] + told[0][1]:
        encoded = encode_frame(frame, before_length=before_length)
        assert encoded in stream or len(frame) in _EITHER_FORM, "a frame was read that nobody sent"
    if stream:
        whole = encode_frame(stream, before_length=before_length)
        assert FrameReader(before_length=before_length).feed(whole) == [stream], "a frame of ours is not read back"
        assert crc16(stream) == _crc_by_bits(stream), "the checksum is another"


def _crc_by_bits(data: bytes) -> int:
    """CRC-16/KERMIT from its definition."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


def check_answers(data: bytes) -> None:
    """First byte: the command. Then the data of an answer."""
    commands = tuple(Command)
    command, answer = commands[data[0] % len(commands) if data else 0], data[1:]
    if answer:
        meaning_of(answer)
    reason_of(data[0] if data else 0)
    reply = _judge(command, answer)
    if reply is None or reply.outcome is not Outcome.ANSWERED:
        return
    match command:
        case Command.POLL:
            assert is_poll_answer(answer)
        case Command.IDENTIFICATION:
            who = Identification.decode(answer)
            assert who.part.isprintable(), "the part number would spoil a log"
            assert who.serial.isprintable(), "the serial number would spoil a log"
            assert Identification.decode(who.encode()) == who
        case Command.GET_BILL_TABLE:
            _check_table(BillTable.decode(answer))
        case Command.GET_STATUS:
            assert encode_mask(decode_mask(answer[:3])) + encode_mask(decode_mask(answer[3:])) == answer


def _check_table(table: BillTable) -> None:
    notes = ruble_notes(table)
    assert all(note.value.kopecks > 0 for note in notes), "a note that is worth nothing"
    assert {note.code for note in notes} <= {each.code for each in table.types}
    if all(each.country.isascii() for each in table.types):
        assert BillTable.decode(table.encode()) == table


def check_notes(data: bytes) -> None:
    """Answers to POLL one after another, orders and bill tables between them, straight into the cycle of the note."""
    choices = ByteChoices(data)
    remembered: tuple[Note, ...] = REMEMBERED if choices.below(2) else ()
    cycle = NoteCycle(remembered)
    statuses, now = tuple(Status), 0.0
    stacked = credited = 0
    is_first = True
    while choices:
        now += choices.below(16) / 10
        step = choices.below(len(statuses) + 3)
        found: list[Observation] = []
        match step - len(statuses):
            case 0:
                cycle.stack_ordered(now)
            case 1:
                cycle.stack_refused()
            case 2:
                found = cycle.table_read(REMEMBERED)
            case _:
                code = choices.below(16)
                found = cycle.see(statuses[step], code, now, first=is_first)
                is_first = False
                is_stacked = statuses[step] is Status.STACKED
                stacked += is_stacked
                assert is_stacked or not any(isinstance(each, NoteStacked) for each in found), "credited by nothing"
                assert all(each.note.code == code for each in found if isinstance(each, NoteStacked))
        credited += sum(isinstance(each, NoteStacked) for each in found)
        assert credited <= stacked, "more notes were credited than stacked"
        assert len(cycle._unvalued) <= MAX_UNVALUED


_FRAMES = _golden()
_WORDS = (*(frame[:4] for _, frame in _FRAMES[:8]), b"\x02\x03", b"\x02\x03\x00\x01\x00", b"\x02\x03\x06")
_POLL, _IDENTIFY = list(Command).index(Command.POLL), list(Command).index(Command.IDENTIFICATION)
TARGETS = (
    Target(
        "ccnet-frames", check_frames, max_bytes=300,
        seeds=(*(b"\x00" + frame for _, frame in _FRAMES), b"\x80" + b"".join(frame for _, frame in _FRAMES),
               b"\x00" + encode_frame(bytes(range(256)))),
        words=_WORDS),
    Target("ccnet-answers", check_answers, max_bytes=200,
           seeds=(*(bytes([_POLL]) + data for data, _ in _FRAMES), *(bytes([_IDENTIFY]) + data for data, _ in _FRAMES),
                  *(bytes([place]) + data for data, _ in _FRAMES for place in (1, 11) if len(data) > 3))),
    Target("ccnet-notes", check_notes, max_bytes=400,
           seeds=(bytes(range(200)), b"\x01" + bytes((1, 5, 0, 1, 19, 4, 1, 22, 0, 7, 4, 1, 20, 4)))),
)
