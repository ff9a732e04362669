"""Noise without end: readers keep no more than one frame of it, and take no more time than it is long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal.devices.byte_buffer import MAX_WAITING_BYTES
from terminal.devices.ccnet import wire as ccnet
from terminal.devices.shtrih import wire as shtrih
from tests.fuzz.target import Target, run

STREAM_BYTES = 100_000
CHUNK_BYTES = 1024
NOISE = {
    "zeros": b"\x00", "long-frames-at-every-byte": b"\x02\x03\x00\x1f\xf0", "short-frames": b"\x02\x03\xff",
    "beginnings": b"\x02", "starts": b"\x8f", "escapes": b"\x8f\xff\x07\x9f\x83", "longest": b"\x8f\x02\x08\x00\x00",
}


def _ccnet(chunks: list[bytes]) -> int:
    reader = ccnet.FrameReader()
    return max(len(reader._buffer) for chunk in chunks if reader.feed(chunk) is not None)


def _shtrih(chunks: list[bytes]) -> int:
    reader = shtrih.FrameReader()
    return max(len(reader._frame) for chunk in chunks if reader.feed(chunk) is not None)


def _packets(chunks: list[bytes]) -> int:
    reader = shtrih.PacketReader()
    return max(len(reader._body or b"") for chunk in chunks if reader.feed(chunk) is not None)


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE.keys())
@pytest.mark.parametrize(
    ("read", "most"),
    [(_ccnet, ccnet.LONGEST_FRAME_BYTES), (_shtrih, 258), (_packets, shtrih.MAX_PACKET_BYTES + 6)],
    ids=["ccnet", "shtrih", "packets"])
def test_no_more_than_a_frame_is_kept(read: Callable[[list[bytes]], int], most: int, noise: bytes) -> None:
    stream = noise * (STREAM_BYTES // len(noise))
    assert read([stream[at : at + CHUNK_BYTES] for at in range(0, len(stream), CHUNK_BYTES)]) < most


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE.keys())
def test_a_full_buffer_of_noise_is_read_in_time(noise: bytes) -> None:
    stream = noise * (MAX_WAITING_BYTES // len(noise))

    def read(data: bytes) -> None:
        reader = ccnet.FrameReader()
        reader.feed(data)
        reader.finish()
        shtrih.FrameReader().feed(data)
        shtrih.PacketReader().feed(data)

    run(Target("endless", read), stream)


def test_the_longest_packet_is_read_and_a_longer_one_is_not() -> None:
    longest = shtrih.Packet(7, bytes(shtrih.MAX_PACKET_BYTES))
    assert shtrih.PacketReader().feed(shtrih.encode_packet(longest)) == [longest]
    with pytest.raises(ValueError, match="2049"):
        shtrih.encode_packet(shtrih.Packet(7, bytes(shtrih.MAX_PACKET_BYTES + 1)))
    body = (shtrih.MAX_PACKET_BYTES + 3).to_bytes(2, "little") + bytes(shtrih.MAX_PACKET_BYTES + 3)
    found = shtrih.PacketReader().feed(b"\x8f" + body)
    assert [type(each) for each in found] == [shtrih.Damaged]
