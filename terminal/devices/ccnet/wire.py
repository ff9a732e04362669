"""CCNET on the wire: frames, their checksum, and a bounded reader fed with any split of the stream.

Source: CashCode NET, document 1, revision 2.4.3, chapters 3 and 4. A frame is SYNC, address, length of the whole
frame, data, CRC low byte first. A length of zero announces two length bytes, high byte first, ahead of the data of
an answer or behind the command of a request. Answers carry no echo of the command they belong to.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from terminal.devices.ccnet.codes import WITH_PARAMETER, Command, Control, Failure, Reject, Status
from terminal.devices.ccnet.tables import (
    BARCODE_TYPE,
    IDENTIFICATION_BYTES,
    MASK_BYTES,
    TABLE_BYTES,
    BillTable,
    BillType,
    Identification,
    decode_mask,
    digest,
    encode_mask,
)

__all__ = [
    "BARCODE_TYPE", "IDENTIFICATION_BYTES", "MASK_BYTES", "TABLE_BYTES", "VALIDATOR", "WITH_PARAMETER",
    "BillTable", "BillType", "Command", "Control", "Failure", "FrameReader", "Identification", "Reject", "Status",
    "crc16", "decode_mask", "digest", "encode_frame", "encode_mask",
]

SYNC = 0x02
VALIDATOR = 0x03
"""Address of a bill validator on the bus."""
CRC_BYTES = 2
HEADER_BYTES = 3
SHORTEST_FRAME_BYTES = 6
LONGEST_SHORT_FRAME_BYTES = 255
LONG_LENGTH_BYTES = 2
LONGEST_FRAME_BYTES = 8192
"""Bound of the reader: the longest answer that a validator has (statistics) takes 4363 bytes."""
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""Every byte with its bits in reverse order."""


def crc16(data: bytes) -> int:
    """CRC-16/KERMIT: polynomial 1021h reflected, start 0, no final exclusive-or.

    The library has the same sum with the bits the other way round, a hundred times faster than a loop: a noisy line
    may announce a long frame at every byte, and each has to be summed up before it is known for noise.
    """
    mirrored = binascii.crc_hqx(data.translate(_REVERSED), 0)
    return _REVERSED[mirrored & 0xFF] << 8 | _REVERSED[mirrored >> 8]


def encode_frame(data: bytes, *, address: int = VALIDATOR, before_length: int = 0) -> bytes:
    """A frame around data. `before_length` is how many data bytes stand before the length of a long frame:
    none in an answer, the command byte in a request. Raises `ValueError` when there is nothing or too much."""
    size = HEADER_BYTES + len(data) + CRC_BYTES
    if not data or size + LONG_LENGTH_BYTES > LONGEST_FRAME_BYTES:
        raise ValueError(f"{len(data)} data bytes do not fit a frame")
    if size <= LONGEST_SHORT_FRAME_BYTES:
        body = bytes((SYNC, address, size)) + data
    else:
        length = (size + LONG_LENGTH_BYTES).to_bytes(LONG_LENGTH_BYTES, "big")
        body = bytes((SYNC, address, 0)) + data[:before_length] + length + data[before_length:]
    return body + crc16(body).to_bytes(CRC_BYTES, "little")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the data of a frame is, once its length is known."""

    size: int
    length_at: int = 0
    """Position of the two length bytes of a long frame; 0 for a short one."""

    def data(self, frame: bytes) -> bytes:
        if not self.length_at:
            return frame[HEADER_BYTES:-CRC_BYTES]
        return frame[HEADER_BYTES : self.length_at] + frame[self.length_at + LONG_LENGTH_BYTES : -CRC_BYTES]


class FrameReader:
    """Takes bytes in any split and gives the data of whole frames; skips noise and finds the next frame after it.

    `damaged` counts the places where a frame had begun and turned out to be none.
    """

    def __init__(self, *, address: int = VALIDATOR, before_length: int = 0) -> None:
        self._start = bytes((SYNC, address))
        self._length_at = HEADER_BYTES + before_length
        self._buffer = bytearray()
        self.damaged = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; give the data of every frame that is complete with them."""
        self._buffer += data
        found: list[bytes] = []
        while self._find_start():
            layout = self._layout()
            if layout is None or len(self._buffer) < layout.size:
                break
            frame = bytes(self._buffer[: layout.size])
            if crc16(frame[:-CRC_BYTES]) != int.from_bytes(frame[-CRC_BYTES:], "little"):
                self._skip_one()
                continue
            del self._buffer[: layout.size]
            found.append(layout.data(frame))
        return found

    def finish(self) -> list[bytes]:
        """Nothing more will come for now: give the frames that hide behind a beginning that was noise."""
        found: list[bytes] = []
        while self._buffer:
            self._skip_one()
            found += self.feed(b"")
        return found

    def reset(self) -> None:
        """Forget what has not become a frame."""
        self._buffer.clear()

    def _find_start(self) -> bool:
        """Drop everything before the next possible start of a frame with a possible length."""
        while True:
            at = self._buffer.find(self._start)
            if at < 0:
                keep = 1 if self._buffer.endswith(self._start[:1]) else 0
                del self._buffer[: len(self._buffer) - keep]
                return False
            del self._buffer[:at]
            if len(self._buffer) < HEADER_BYTES or self._is_length_possible():
                return True
            self._skip_one()

    def _is_length_possible(self) -> bool:
        short = self._buffer[2]
        if short:
            return short >= SHORTEST_FRAME_BYTES
        layout = self._layout()
        return layout is None or LONGEST_SHORT_FRAME_BYTES < layout.size <= LONGEST_FRAME_BYTES

    def _layout(self) -> _Layout | None:
        """The layout of the frame at the start of the buffer; `None` while its length has not arrived."""
        if len(self._buffer) < HEADER_BYTES:
            return None
        if self._buffer[2]:
            return _Layout(self._buffer[2])
        end = self._length_at + LONG_LENGTH_BYTES
        if len(self._buffer) < end:
            return None
        return _Layout(int.from_bytes(self._buffer[self._length_at : end], "big"), self._length_at)

    def _skip_one(self) -> None:
        self.damaged += 1
        del self._buffer[0]
