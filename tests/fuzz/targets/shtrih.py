"""The fiscal register's wire: both low levels out of a stream, and every answer that the driver takes apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fiscal import tlv
from fiscal.tags import TAGS
from terminal.devices.shtrih import answers
from terminal.devices.shtrih.answers import BadAnswer
from terminal.devices.shtrih.commands import Requests
from terminal.devices.shtrih.errors import Refused, fault_of
from terminal.devices.shtrih.statuses import FlagModel, describe, faults_of, read_flags
from terminal.devices.shtrih.storage_commands import StorageRequests
from terminal.devices.shtrih.wire import (
    MAX_PACKET_BYTES,
    MAX_PAYLOAD_BYTES,
    Damaged,
    Frame,
    FrameReader,
    Packet,
    PacketReader,
    Piece,
    encode_frame,
    encode_packet,
)
from tests.fuzz.byte_choices import ByteChoices
from tests.fuzz.splits import splits
from tests.fuzz.target import Target
from tests.golden.shtrih_frames import ANSWERS, REQUESTS

_LONGEST_BODY = MAX_PACKET_BYTES + 6
_PING = Packet(None)


def check_frames(data: bytes) -> None:
    """First byte: the seed of the split. Then a stream of the standard low level."""
    stream = data[1:]
    told: list[tuple[list[Piece], Damaged | None]] = []
    for pieces in splits(stream, data[0] if data else 0):
        reader = FrameReader()
        found = [piece for part in pieces for piece in reader.feed(part)]
        assert len(reader._frame) < MAX_PAYLOAD_BYTES + 3, "more is kept than a frame"
        told.append((found, reader.abandon()))
        assert reader.feed(encode_frame(b"\x10")) == [Frame(b"\x10")], "no frame is read after noise"
    assert told.count(told[0]) == len(told), "the split changes what is read"
    found, cut_off = told[0]
    written = b"".join(_written(each) for each in found) + (cut_off.raw if cut_off else b"")
    assert written == stream, "what was read is not what was sent"
    if 0 < len(stream) <= MAX_PAYLOAD_BYTES:
        assert FrameReader().feed(encode_frame(stream)) == [Frame(stream)]


def _written(piece: Piece) -> bytes:
    match piece:
        case Frame(payload):
            return encode_frame(payload)
        case Damaged(raw):
            return raw
        case _:
            return bytes([piece.byte])


def check_packets(data: bytes) -> None:
    """First byte: the seed of the split. Then a stream of numbered packets."""
    stream = data[1:]
    told: list[list[Packet | Damaged]] = []
    for pieces in splits(stream, data[0] if data else 0):
        reader = PacketReader()
        told.append([packet for part in pieces for packet in reader.feed(part)])
        assert len(reader._body or b"") < _LONGEST_BODY, "more is kept than a packet"
    assert told.count(told[0]) == len(told), "the split changes what is read"
    cut_off = PacketReader()
    cut_off.feed(stream[: data[0] * len(stream) // 255 if data else 0])
    assert cut_off.feed(encode_packet(_PING)) == [_PING], "no packet is read after one that was cut off"
    for each in told[0]:
        assert isinstance(each, Damaged) or encode_packet(each) in stream, "a packet was read that nobody sent"
    if len(stream) <= MAX_PACKET_BYTES:
        packet = Packet(len(stream), stream)
        assert PacketReader().feed(encode_packet(packet)) == [packet]


def _statuses(data: bytes) -> None:
    model = FlagModel(True, True, True, True, True)
    for parse in (answers.ShortStatus.parse, answers.LongStatus.parse):
        try:
            status = parse(data)
        except BadAnswer:
            continue
        faults_of(status.mode, status.submode, read_flags(status.flags, model))
        describe(status.mode, status.submode)


_PARSERS: Sequence[Callable[[bytes], object]] = (
    _statuses, answers.StorageStatus.parse, answers.ExchangeStatus.parse, answers.ShiftStatus.parse,
    answers.StoredDocument.parse, answers.Closed.parse, answers.Features.parse, answers.device_name,
    answers.expiry_date, answers.money_register,
)


def _commands() -> tuple[Callable[[bytes], bytes], ...]:
    requests, storage = Requests(30), StorageRequests(30)
    asked = (requests.short_status(), requests.long_status(), storage.status(), storage.exchange_status(),
             storage.find_document(7), storage.expiry())
    return tuple(lambda payload, command=command: answers.data_of(command, payload) for command in asked)


_DATA_OF = _commands()


def check_answers(data: bytes) -> None:
    """First byte: whose answer. Then its payload from the error byte on, or with the code in front of it."""
    choices = ByteChoices(data)
    which = choices.below(len(_PARSERS) + len(_DATA_OF))
    payload = choices.rest()
    try:
        if which < len(_PARSERS):
            _PARSERS[which](payload)
        else:
            _DATA_OF[which - len(_PARSERS)](payload)
    except BadAnswer:
        pass
    except Refused as refused:
        _judge(refused)


def _judge(refused: Refused) -> None:
    assert refused.code, "refused with the code of success"
    assert refused.fault == fault_of(refused.code, refused.command)


def check_records(data: bytes) -> None:
    """Records of fiscal data."""
    try:
        records = tlv.decode(data)
    except tlv.TlvError:
        return
    encoded = tlv.encode(*records)
    assert len(encoded) <= len(data), "the records grew"
    assert tlv.decode(encoded) == records, "records change on their way through bytes"


def _payload(frame: str) -> bytes:
    return bytes.fromhex(frame)[2:-1]


_GOLDEN = tuple(bytes.fromhex(frame) for frame in (*ANSWERS.values(), *REQUESTS.values()))
_ACCOUNT = _payload(REQUESTS["account"])[6:]
TARGETS = (
    Target("shtrih-frames", check_frames, max_bytes=300, words=(b"\x02", b"\x05", b"\x06", b"\x15", b"\x02\xff"),
           seeds=(*(b"\x01" + frame for frame in _GOLDEN), b"\x01" + b"\x06".join(_GOLDEN))),
    Target("shtrih-packets", check_packets, max_bytes=300,
           words=(b"\x8f", b"\x9f", b"\x9f\x81", b"\x9f\x83", b"\x8f\x00\x00"),
           seeds=(b"\x00" + encode_packet(Packet(None)),
                  *(b"\x01" + encode_packet(Packet(5, frame[2:-1])) for frame in _GOLDEN),
                  b"\x02" + encode_packet(Packet(0x8F9F, bytes(range(256)))))),
    Target("shtrih-answers", check_answers, max_bytes=200,
           seeds=tuple(bytes([which]) + _payload(frame)[skipped:] for frame in ANSWERS.values()
                       for which, skipped in ((0, 2), (1, 3), (2, 3), (4, 3), (5, 3), (10, 0), (12, 0), (14, 0)))),
    Target("fiscal-records", check_records, words=tuple(tag.to_bytes(2, "little") for tag in TAGS),
           seeds=(_ACCOUNT, tlv.encode(tlv.Record(1030, "x"), tlv.Record(1018, "7701234567"), tlv.Record(1020, 100)))),
)
