"""TLV records of fiscal data: tag, length, value; strict both ways.

A record is the tag number (2 bytes, little-endian), the length of the value (2 bytes) and the value in the form that
`fiscal.tags` gives for the tag. What does not fit its tag is refused with `TlvError`, in reading as in writing.
Source: приложение 2 к приказу ФНС ЕД-7-20/662@, «Формат TLV».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar, assert_never

from fiscal.tags import TAGS, Form, Tag

_Kind = TypeVar("_Kind")
_HEADER_BYTES = 4
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the format counts local wall time as if it were UTC
_MOST_DECIMALS = 12
_MOST_SECONDS = 2**32 - 1
MAX_DEPTH = 3
"""Records nest at most item → agent data → field."""


class TlvError(ValueError):
    """Bytes or a value that do not fit the tag."""


Value = int | str | bytes | datetime | Decimal | tuple["Record", ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One requisite with its value.

    The type of the value follows the form of the tag: whole number (byte, bits, uint32, VLN; money in kopecks),
    `Decimal` (FVLN), text without padding, local time without zone, bytes, or nested records.
    """

    tag: int
    value: Value


def encode(*records: Record) -> bytes:
    """The records one after another. Raises `TlvError`."""
    return b"".join(_encode_one(record) for record in records)


def decode(data: bytes) -> tuple[Record, ...]:
    """All records in `data`, which must hold nothing else. Raises `TlvError`."""
    return _decode(data, 1)


def find(records: tuple[Record, ...], tag: int) -> Value | None:
    """The value of the first record of that tag at this level, if there is one."""
    return next((record.value for record in records if record.tag == tag), None)


def _encode_one(record: Record) -> bytes:
    tag = _known(record.tag)
    try:
        value = _encode_value(tag, record.value)
    except (TypeError, OverflowError, AttributeError, UnicodeEncodeError) as error:
        raise TlvError(f"tag {tag.number} ({tag.form}) cannot hold {record.value!r}") from error
    _check_length(tag, len(value))
    return tag.number.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


def _encode_value(tag: Tag, value: Value) -> bytes:
    match tag.form:
        case Form.BYTE | Form.BITS | Form.UINT32:
            return _whole(value).to_bytes(tag.length, "little")
        case Form.VLN:
            return _vln(_whole(value))
        case Form.FVLN:
            return _fvln(value)
        case Form.STRING:
            return _text(value)
        case Form.STRING_FIXED:
            return _text(value).ljust(tag.length)
        case Form.UNIX_TIME:
            return _seconds(value).to_bytes(4, "little")
        case Form.BYTES:
            return _of(value, bytes)
        case Form.STLV:
            return encode(*_of(value, tuple))
        case other:
            assert_never(other)


def _decode(data: bytes, depth: int) -> tuple[Record, ...]:
    if depth > MAX_DEPTH:
        raise TlvError(f"records nest deeper than {MAX_DEPTH}")
    records: list[Record] = []
    at = 0
    while at < len(data):
        if len(data) - at < _HEADER_BYTES:
            raise TlvError(f"{len(data) - at} bytes are left where a record should begin")
        tag = _known(int.from_bytes(data[at : at + 2], "little"))
        length = int.from_bytes(data[at + 2 : at + 4], "little")
        value = data[at + _HEADER_BYTES : at + _HEADER_BYTES + length]
        if len(value) < length:
            raise TlvError(f"tag {tag.number} announces {length} bytes and has {len(value)}")
        _check_length(tag, length)
        records.append(Record(tag.number, _decode_value(tag, value, depth)))
        at += _HEADER_BYTES + length
    return tuple(records)


def _decode_value(tag: Tag, data: bytes, depth: int) -> Value:
    match tag.form:
        case Form.BYTE | Form.BITS | Form.UINT32 | Form.VLN:
            return int.from_bytes(data, "little")
        case Form.FVLN:
            if data[0] > _MOST_DECIMALS:
                raise TlvError(f"tag {tag.number} has {data[0]} decimals")
            return Decimal(int.from_bytes(data[1:], "little")).scaleb(-data[0])
        case Form.STRING:
            return data.decode("cp866")
        case Form.STRING_FIXED:
            return data.decode("cp866").rstrip(" ")
        case Form.UNIX_TIME:
            return _EPOCH + timedelta(seconds=int.from_bytes(data, "little"))
        case Form.BYTES:
            return data
        case Form.STLV:
            return _decode(data, depth + 1)
        case other:
            assert_never(other)


def _known(number: int) -> Tag:
    tag = TAGS.get(number)
    if tag is None:
        raise TlvError(f"unknown tag {number}")
    return tag


def _check_length(tag: Tag, length: int) -> None:
    match tag.form:
        case Form.BYTE | Form.BITS | Form.UINT32 | Form.UNIX_TIME | Form.STRING_FIXED | Form.BYTES:
            allowed = length == tag.length
        case Form.VLN:
            allowed = 1 <= length <= tag.length
        case Form.FVLN:
            allowed = 2 <= length <= tag.length
        case Form.STRING | Form.STLV:
            allowed = length <= tag.length
        case other:
            assert_never(other)
    if not allowed:
        raise TlvError(f"tag {tag.number} ({tag.form}, {tag.length}) cannot have {length} bytes")


def _of(value: object, kind: type[_Kind]) -> _Kind:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value


def _whole(value: Value) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _vln(number: int) -> bytes:
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "little")


def _fvln(value: Value) -> bytes:
    number = _of(value, Decimal)
    _, _, exponent = number.as_tuple()
    if not isinstance(exponent, int) or number < 0 or -exponent > _MOST_DECIMALS:
        raise TypeError(f"{value!r} is not a quantity")
    decimals = max(0, -exponent)
    return bytes([decimals]) + _vln(int(number.scaleb(decimals)))


def _text(value: Value) -> bytes:
    return _of(value, str).encode("cp866")


def _seconds(value: Value) -> int:
    moment = _of(value, datetime)
    seconds = int((moment - _EPOCH).total_seconds())
    if not 0 <= seconds <= _MOST_SECONDS:
        raise OverflowError(f"{value!r} is out of range")
    return seconds
