"""Frames: how the second journal's files tell whole content from torn or altered content.

A frame is its length, a CRC-32 over length and content, the content, and the length once more: files are read from
their beginning and from their end alike, and no bit of a frame can change unseen. Numbers are unsigned 32-bit,
little-endian. A frame that is not whole ends what can be read of a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from zlib import crc32

from terminal.ports.append_files import AppendFile

_LENGTH = Struct("<I")
_OPENING = Struct("<II")
FRAME_BYTES = _OPENING.size + _LENGTH.size
"""What a frame adds to its content."""
MAX_CONTENT_BYTES = 4_000_000
"""A longer frame is not one."""
READ_BYTES = 1_000_000
"""Read at once."""

Found = tuple[int, bytes]
"""Where a frame begins, and its content."""


def packed(content: bytes) -> bytes:
    """A frame around `content`."""
    length = _LENGTH.pack(len(content))
    return b"".join((length, _LENGTH.pack(crc32(content, crc32(length))), content, length))


def frames_from(file: AppendFile, offset: int) -> Iterator[Found]:
    """Whole frames from `offset` on, up to the end or the first that is not whole."""
    held, start = b"", offset
    while True:
        content = _content(held, offset - start)
        if content is None:
            held, start = file.read(offset, READ_BYTES), offset
            content = _content(held, 0)
            if content is None and len(held) == READ_BYTES:
                held = file.read(offset, MAX_CONTENT_BYTES + FRAME_BYTES)
                content = _content(held, 0)
            if content is None:
                return
        yield offset, content
        offset += len(content) + FRAME_BYTES


def frames_back(file: AppendFile, end: int) -> Iterator[Found]:
    """Whole frames that lie before `end`, the last one first, back to the beginning or one that is not whole."""
    while end >= FRAME_BYTES:
        (length,) = _LENGTH.unpack(file.read(end - _LENGTH.size, _LENGTH.size))
        start = end - length - FRAME_BYTES
        if start < 0 or length > MAX_CONTENT_BYTES:
            return
        content = _content(file.read(start, length + FRAME_BYTES), 0)
        if content is None:
            return
        yield start, content
        end = start


def _content(data: bytes, offset: int) -> bytes | None:
    """The content of the frame that begins at `offset`, if it is there as a whole."""
    if len(data) < offset + FRAME_BYTES:
        return None
    length, checksum = _OPENING.unpack_from(data, offset)
    begin = offset + _OPENING.size
    content = data[begin : begin + length]
    after = data[begin + length : begin + length + _LENGTH.size]
    if length > MAX_CONTENT_BYTES or len(content) != length or after != data[offset : offset + _LENGTH.size]:
        return None
    return content if crc32(content, crc32(after)) == checksum else None
