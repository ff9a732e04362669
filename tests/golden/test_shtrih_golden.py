"""The codec and the requests of the Shtrih-M driver against frames as they stand on the wire."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import Money
from fiscal import tlv
from fiscal.documents import Item, Operation, PaymentMethod, SubjectKind, TaxSystem, UserRequisite, VatRate
from fiscal.tlv import Record
from terminal.devices.shtrih import answers
from terminal.devices.shtrih.answers import Closed, ExchangeStatus, ShortStatus, StorageStatus, StoredDocument
from terminal.devices.shtrih.commands import Command, Requests, device_type, features
from terminal.devices.shtrih.errors import Refused
from terminal.devices.shtrih.receipt_commands import requisite_record
from terminal.devices.shtrih.statuses import Mode, Submode
from terminal.devices.shtrih.storage_commands import StorageRequests
from terminal.devices.shtrih.wire import (
    Control,
    Damaged,
    Frame,
    FrameReader,
    Packet,
    PacketReader,
    encode_frame,
    encode_packet,
)
from tests.golden.shtrih_frames import ANSWERS, NAME, PACKETS, RECORDS, REQUESTS, STORAGE, frame

R = Requests(30)
S = StorageRequests(30)
ITEM = Item(NAME, Money(150_000), VatRate.NONE, PaymentMethod.FULL, SubjectKind.SERVICE)
ACCOUNT = UserRequisite("Лицевой счет", "5001234567")

MADE: dict[str, Command] = {
    "short status": R.short_status(),
    "long status": R.long_status(),
    "storage status": S.status(),
    "storage expiry": S.expiry(),
    "exchange status": S.exchange_status(),
    "shift state": S.shift_state(),
    "open shift": R.open_shift(),
    "open sale": R.open_receipt(0),
    "item": S.item(Operation.SALE, ITEM),
    "item unit": S.item_records(tlv.encode(Record(2108, 0))),
    "item agent": S.item_records(tlv.encode(Record(1222, 4))),
    "buyer": S.document_records(tlv.encode(Record(1008, "+79991234567"))),
    "account": S.document_records(tlv.encode(requisite_record(ACCOUNT))),
    "close": S.close_with(Money(150_000), Money(0), TaxSystem.GENERAL),
    "find document": S.find_document(432),
    "read document": S.read_document(432),
    "read block": S.read_block(),
    "continue": R.continue_printing(),
    "cancel": R.cancel(),
    "copy": R.copy(),
    "x report": R.x_report(),
    "z report": R.z_report(),
    "set time": R.set_time(time(14, 5)),
    "set date": R.set_date(date(2026, 11, 21)),
    "confirm date": R.confirm_date(date(2026, 11, 21)),
    "cut": R.cut(),
    "feed": R.feed(5),
    "present": R.present(),
    "read table": R.read_table(24, 1, 1),
    "device type": device_type(),
    "features": features(),
}


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_request_is_the_frame_on_the_wire(name: str) -> None:
    assert encode_frame(MADE[name].payload) == frame(REQUESTS[name])


@pytest.mark.parametrize("name", sorted(REQUESTS | ANSWERS))
def test_frame_is_read_in_any_split(name: str) -> None:
    raw = frame((REQUESTS | ANSWERS)[name])
    for at in range(len(raw) + 1):
        reader = FrameReader()
        pieces = [*reader.feed(raw[:at]), *reader.feed(raw[at:])]
        assert len(pieces) == 1
        assert isinstance(pieces[0], Frame)
        assert encode_frame(pieces[0].payload) == raw


@pytest.mark.parametrize("name", sorted(PACKETS))
def test_packet_both_ways_in_any_split(name: str) -> None:
    number, data, raw = PACKETS[name]
    packet = Packet(number, frame(data))
    assert encode_packet(packet) == frame(raw)
    for at in range(len(frame(raw)) + 1):
        reader = PacketReader()
        assert [*reader.feed(frame(raw)[:at]), *reader.feed(frame(raw)[at:])] == [packet]


@given(st.binary(max_size=400))
def test_frame_reader_is_bounded_and_total(noise: bytes) -> None:
    reader = FrameReader()
    for piece in reader.feed(noise):
        assert isinstance(piece, Control | Frame | Damaged)
    left = reader.abandon()
    assert left is None or len(left.raw) <= 258


@given(st.binary(max_size=400), st.binary(min_size=1, max_size=60), st.integers(0, 0xFFFF))
def test_packet_after_noise_is_read(noise: bytes, data: bytes, number: int) -> None:
    reader = PacketReader()
    reader.feed(noise)
    assert Packet(number, data) in reader.feed(encode_packet(Packet(number, data)))


@pytest.mark.parametrize("at", range(1, 20))
def test_flipped_bit_is_damage(at: int) -> None:
    raw = bytearray(frame(ANSWERS["closed"]))
    raw[at] ^= 0x10
    reader = FrameReader()
    found = reader.feed(bytes(raw))
    assert not any(isinstance(piece, Frame) for piece in found)


def _data(name: str, command: Command) -> bytes:
    (piece,) = FrameReader().feed(frame(ANSWERS[name]))
    assert isinstance(piece, Frame)
    return answers.data_of(command, piece.payload)


def test_answers_are_understood() -> None:
    status = ShortStatus.parse(_data("short status, shift open", R.short_status()))
    assert (status.flags, status.mode, status.submode, status.last_print) == (0x0290, Mode.SHIFT_OPEN, Submode.IDLE, 0)
    status = ShortStatus.parse(_data("short status, paper out", R.short_status()))
    assert (status.mode, status.submode) == (Mode.DOCUMENT_OPEN, Submode.PAPER_OUT_PRINTING)
    assert status.last_print == 1
    storage = StorageStatus.parse(_data("storage status", S.status()))
    assert (storage.storage, storage.last_document, storage.phase) == (STORAGE, 431, 3)
    assert (storage.current_document, storage.shift_open) == (0, True)
    waiting = ExchangeStatus.parse(_data("exchange status", S.exchange_status()))
    assert waiting == ExchangeStatus(2, 431, datetime(2026, 11, 21, 14, 5))  # noqa: DTZ001
    closed = Closed.parse(_data("closed", MADE["close"]))
    assert closed == Closed(Money(0), 432, 3522207165, datetime(2026, 11, 21, 14, 7))  # noqa: DTZ001
    document = StoredDocument.parse(_data("document", S.find_document(432)))
    assert (document.kind, document.number, document.sign) == (answers.RECEIPT, 432, 3522207165)
    assert (document.operation, document.total) == (1, Money(150_000))
    assert _data("item", MADE["item"]) == b""


@pytest.mark.parametrize(
    ("name", "command", "code"),
    [("close refused, continue", "close", 0x58), ("close refused, shift", "close", 0x16),
     ("no document", "find document", 0x08)],
)
def test_refusals_carry_their_code(name: str, command: str, code: int) -> None:
    with pytest.raises(Refused) as refused:
        _data(name, MADE[command])
    assert refused.value.code == code


def test_short_form_of_a_storage_error_is_accepted() -> None:
    with pytest.raises(Refused) as refused:
        answers.data_of(MADE["close"], b"\xff\x16")
    assert refused.value.code == 0x16


TREES: dict[str, Record] = {
    "method": Record(1214, 4),
    "price": Record(1079, 150_000),
    "quantity one": Record(1023, Decimal(1)),
    "quantity 1.500": Record(1023, Decimal("1.500")),
    "inn": Record(1018, "7701234567"),
    "time": Record(1012, datetime(2026, 11, 21, 14, 5)),  # noqa: DTZ001
    "agent": Record(1057, 4),
    "sign": Record(1077, bytes.fromhex("2104D1F09DBD")),
    "account": requisite_record(ACCOUNT),
    "item": Record(
        1059,
        (
            Record(1214, 4), Record(1212, 1), Record(1030, "Эл.энергия"), Record(1079, 150_000),
            Record(1023, Decimal(1)), Record(2108, 0), Record(1199, 11), Record(1043, 150_000),
        ),
    ),
    "unit": Record(2108, 50),
    "automat": Record(1036, "T-0001"),
    "vat 22": Record(1199, 11),
    "item agent": Record(1222, 4),
}


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_records_both_ways(name: str) -> None:
    raw = frame(RECORDS[name])
    assert tlv.encode(TREES[name]) == raw
    assert tlv.decode(raw) == (TREES[name],)
