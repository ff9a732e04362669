"""Framing of the Shtrih-M protocol, both ways and without I/O.

Standard low level (1.x): control bytes ENQ, ACK, NAK and frames `02 LEN command… LRC`, where LRC is the XOR of LEN and
everything after it. Numbered packets (2.0): `8F LEN16 NUM16 data CRC16`, little-endian, with everything after the
first byte stuffed. Source: "Протокол работы ККТ–ФН" 1.17, приложения 2, 3 and the chapter on the alternative protocol.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

STX = 0x02
ENQ = 0x05
ACK = 0x06
NAK = 0x15
STRAY = 0xFF
"""Over TCP and RNDIS a register sends this byte after the host's last ACK; it means nothing."""
MAX_PAYLOAD_BYTES = 255

PACKET_START = 0x8F
_ESCAPE = 0x9F
_STUFFED = {PACKET_START: b"\x9f\x81", _ESCAPE: b"\x9f\x83"}
_UNSTUFFED = {0x81: PACKET_START, 0x83: _ESCAPE}
_NUMBER_BYTES = 2
_HEAD_BYTES = 2
_CRC_BYTES = 2
MAX_PACKET_BYTES = 2048
"""Data of the longest packet; no command of the protocol comes near it."""
NUMBERS = 0x10000


@dataclass(frozen=True, slots=True)
class Control:
    """A single byte outside a frame."""

    byte: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame with a right LRC: command code and data."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Damaged:
    """A frame whose length or check sum is wrong."""

    raw: bytes


Piece = Control | Frame | Damaged


def lrc(data: bytes) -> int:
    """XOR of all bytes."""
    result = 0
    for byte in data:
        result ^= byte
    return result


def encode_frame(payload: bytes) -> bytes:
    """A frame of the standard low level. Raises `ValueError` when the payload is empty or longer than 255 bytes."""
    if not 0 < len(payload) <= MAX_PAYLOAD_BYTES:
        raise ValueError(f"a payload of {len(payload)} bytes")
    body = bytes([len(payload)]) + payload
    return bytes([STX]) + body + bytes([lrc(body)])


class FrameReader:
    """Cuts a stream of the standard low level into pieces, whatever the split. Holds at most one frame."""

    def __init__(self) -> None:
        self._frame = bytearray()

    @property
    def inside_frame(self) -> bool:
        return bool(self._frame)

    def abandon(self) -> Damaged | None:
        """The line fell silent inside a frame: give up what there is of it."""
        if not self._frame:
            return None
        raw = bytes(self._frame)
        self._frame.clear()
        return Damaged(raw)

    def feed(self, data: bytes) -> list[Piece]:
        """Take bytes and return the pieces that are complete."""
        pieces = [self._take(byte) for byte in data]
        return [piece for piece in pieces if piece is not None]

    def _take(self, byte: int) -> Piece | None:
        if not self._frame and byte != STX:
            return Control(byte)
        self._frame.append(byte)
        if len(self._frame) < 3 or len(self._frame) < self._frame[1] + 3:
            return None
        raw = bytes(self._frame)
        self._frame.clear()
        return Frame(raw[2:-1]) if raw[1] and lrc(raw[1:-1]) == raw[-1] else Damaged(raw)


@dataclass(frozen=True, slots=True)
class Packet:
    """A numbered packet. `number` is None for a ping, and for it alone; data may be empty."""

    number: int | None
    data: bytes = b""


def crc16(data: bytes) -> int:
    """CRC-16/CCITT: polynomial 1021, start FFFF, no reflection."""
    return binascii.crc_hqx(data, 0xFFFF)


def encode_packet(packet: Packet) -> bytes:
    """A packet with its stuffing. Raises `ValueError` when data or number are out of range."""
    if packet.number is None:
        if packet.data:
            raise ValueError("a ping carries no data")
        body = b"\x00\x00"
    else:
        if len(packet.data) > MAX_PACKET_BYTES or not 0 <= packet.number < NUMBERS:
            raise ValueError(f"packet {packet.number} with {len(packet.data)} bytes")
        numbered = packet.number.to_bytes(_NUMBER_BYTES, "little") + packet.data
        body = len(numbered).to_bytes(_HEAD_BYTES, "little") + numbered
    stuffed = b"".join(_STUFFED.get(byte, bytes([byte])) for byte in body + crc16(body).to_bytes(2, "little"))
    return bytes([PACKET_START]) + stuffed


class PacketReader:
    """Cuts a stream of numbered packets, whatever the split. A new start byte abandons what was being read."""

    def __init__(self) -> None:
        self._body: bytearray | None = None
        self._escaped = False

    def feed(self, data: bytes) -> list[Packet | Damaged]:
        """Take bytes and return the packets that are complete; bytes outside packets are noise and are dropped."""
        found = [self._take(byte) for byte in data]
        return [each for each in found if each is not None]

    def _take(self, byte: int) -> Packet | Damaged | None:
        if byte == PACKET_START:
            self._body, self._escaped = bytearray(), False
            return None
        if self._body is None:
            return None
        if self._escaped:
            self._escaped = False
            if byte not in _UNSTUFFED:
                return self._finish(broken=True)
            byte = _UNSTUFFED[byte]
        elif byte == _ESCAPE:
            self._escaped = True
            return None
        self._body.append(byte)
        return self._complete()

    def _complete(self) -> Packet | Damaged | None:
        assert self._body is not None
        if len(self._body) < _HEAD_BYTES:
            return None
        length = int.from_bytes(self._body[:_HEAD_BYTES], "little")
        if length == 1 or length > MAX_PACKET_BYTES + _NUMBER_BYTES:
            return self._finish(broken=True)
        if len(self._body) < _HEAD_BYTES + length + _CRC_BYTES:
            return None
        return self._finish(broken=False)

    def _finish(self, *, broken: bool) -> Packet | Damaged:
        assert self._body is not None
        body = bytes(self._body)
        self._body = None
        content, check = body[:-_CRC_BYTES], int.from_bytes(body[-_CRC_BYTES:], "little")
        if broken or crc16(content) != check:
            return Damaged(body)
        if len(content) == _HEAD_BYTES:
            return Packet(None)
        number = int.from_bytes(content[_HEAD_BYTES : _HEAD_BYTES + _NUMBER_BYTES], "little")
        return Packet(number, content[_HEAD_BYTES + _NUMBER_BYTES :])
