"""CCNET frames against the golden ones, the reader against every split and every damage, the tables by value."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.money import Money
from terminal.devices.ccnet.wire import (
    BillTable,
    BillType,
    Failure,
    FrameReader,
    Identification,
    Reject,
    Status,
    crc16,
    decode_mask,
    encode_frame,
    encode_mask,
)

GOLDEN_FILE = Path(__file__).parent.parent / "golden" / "ccnet_frames.txt"


def _golden() -> list[tuple[bytes, bytes, str]]:
    lines = GOLDEN_FILE.read_text().splitlines()
    rows = (line.split("|") for line in lines if line and not line.startswith("#"))
    return [(bytes.fromhex(data), bytes.fromhex(frame), meaning.strip()) for data, frame, meaning in rows]


GOLDEN = _golden()


def test_the_checksum_is_kermit() -> None:
    assert crc16(b"123456789") == 0x2189


@pytest.mark.parametrize(("data", "frame", "meaning"), GOLDEN, ids=[row[2][:40] for row in GOLDEN])
def test_golden_frames_both_ways(data: bytes, frame: bytes, meaning: str) -> None:
    assert encode_frame(data) == frame, meaning
    reader = FrameReader()
    assert reader.feed(frame) == [data]
    assert reader.damaged == 0


@pytest.mark.parametrize(("data", "frame", "meaning"), GOLDEN, ids=[row[2][:40] for row in GOLDEN])
def test_every_split_gives_the_same_frame(data: bytes, frame: bytes, meaning: str) -> None:
    for cut in range(len(frame) + 1):
        reader = FrameReader()
        assert reader.feed(frame[:cut]) + reader.feed(frame[cut:]) == [data], (meaning, cut)


@pytest.mark.parametrize(("data", "frame", "meaning"), GOLDEN, ids=[row[2][:40] for row in GOLDEN])
def test_one_wrong_bit_never_passes_and_the_next_frame_does(data: bytes, frame: bytes, meaning: str) -> None:
    after = bytes.fromhex("02 03 06 14 67 D4")
    for bit in range(len(frame) * 8):
        broken = bytearray(frame)
        broken[bit // 8] ^= 1 << bit % 8
        reader = FrameReader()
        assert data not in reader.feed(bytes(broken)), meaning
        # A wrong length may make the reader wait for more than there is; the end of input settles that.
        found = [*reader.feed(after), *reader.finish()]
        assert found[-1:] == [b"\x14"], (meaning, bit)


def test_all_frames_in_a_row_one_byte_at_a_time_with_garbage_between() -> None:
    chance = random.Random(3)
    reader = FrameReader()
    found: list[bytes] = []
    for _, frame, _ in GOLDEN:
        garbage = bytes(chance.choice((0x00, 0x03, 0x7E, 0xFF)) for _ in range(chance.randrange(4)))
        for byte in garbage + frame:
            found += reader.feed(bytes((byte,)))
    assert found == [data for data, _, _ in GOLDEN]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=5))
@settings(max_examples=300, deadline=None)
def test_any_garbage_in_any_split_only_ever_delays_a_real_frame(garbage: bytes, cuts: list[int]) -> None:
    frame = encode_frame(b"\x81\x04")
    stream = garbage + frame
    reader = FrameReader()
    found: list[bytes] = []
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    for start, end in itertools.pairwise(edges):
        found += reader.feed(stream[start:end])
    found += reader.finish()
    assert b"\x81\x04" in found


def test_long_frames_both_ways() -> None:
    statistics = bytes(range(256)) * 17
    frame = encode_frame(statistics)
    assert frame[:5] == bytes((0x02, 0x03, 0x00, *(len(statistics) + 7).to_bytes(2, "big")))
    assert FrameReader().feed(frame) == [statistics]
    request = encode_frame(b"\x60" + bytes(300), before_length=1)
    assert request[:4] == bytes.fromhex("02 03 00 60")
    assert FrameReader(before_length=1).feed(request) == [b"\x60" + bytes(300)]
    assert len(encode_frame(bytes(250))) == 255
    assert encode_frame(bytes(251))[2] == 0


@pytest.mark.parametrize("size", [0, 8186])
def test_what_fits_no_frame_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        encode_frame(bytes(size))


def test_an_impossible_length_does_not_hold_the_reader_up() -> None:
    for header in ("02 03 00 FF FF", "02 03 00 00 06", "02 03 03", "02 03 00 60 00"):
        assert FrameReader().feed(bytes.fromhex(header) + encode_frame(b"\x14")) == [b"\x14"], header


def test_frames_of_another_address_are_not_ours() -> None:
    assert FrameReader().feed(encode_frame(b"\x14", address=1) + encode_frame(b"\x19")) == [b"\x19"]


def test_bill_table_with_decimals_coins_gaps_and_foreign_money() -> None:
    table = BillTable(
        (
            BillType(0, 5, "RUS", -1),
            BillType(2, 1, "RUS", 1),
            BillType(7, 5, "RUS", 3),
            BillType(12, 2, "RUS", 2),
            BillType(14, 25, "RUS", -2),
            BillType(20, 1, "USA", 2),
            BillType(22, 1, "RUS", -3),
        )
    )
    raw = table.encode()
    assert raw[:5] == bytes((5,)) + b"RUS" + bytes((0x81,))
    assert BillTable.decode(raw) == table
    values = {each.code: each.value for each in table.types}
    assert values == {
        0: Money(50),
        2: Money.rubles(10),
        7: Money.rubles(5000),
        12: Money.rubles(200),
        14: Money(25),
        20: Money.rubles(100),
        22: None,
    }


def test_a_table_of_nonsense_is_read_without_an_error() -> None:
    table = BillTable.decode(bytes.fromhex("FF FF FF FF 7F") * 24)
    assert all(each.value is None for each in table.types)
    for size in (0, 119, 121):
        with pytest.raises(ValueError, match="120 bytes"):
            BillTable.decode(bytes(size))


def test_identification_of_33_and_34_bytes() -> None:
    identification = Identification("SM-RU1353", "21K123456789")
    raw = identification.encode()
    assert Identification.decode(raw) == identification
    assert Identification.decode(raw[:33]).serial == "21K123456789"
    assert Identification.decode(b"\xff" * 34).part == "?" * 15
    with pytest.raises(ValueError, match="33 or 34"):
        Identification.decode(raw[:32])


def test_masks_are_high_byte_first() -> None:
    assert encode_mask(range(2, 8)) == bytes.fromhex("00 00 FC")
    assert encode_mask((23,)) == bytes.fromhex("80 00 00")
    assert decode_mask(bytes.fromhex("80 00 01")) == {23, 0}
    with pytest.raises(ValueError, match="24"):
        encode_mask((24,))


def test_unknown_codes_are_no_members_and_known_ones_have_phrases() -> None:
    assert Status.known(0x99) is None
    assert Status.known(0x81) is Status.STACKED
    for member in (*Status, *Reject, *Failure):
        assert member.phrase
