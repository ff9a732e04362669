"""What a validator says of itself: its bill table and its identification, as bytes and as values.

Source: CashCode NET, document 1, revision 2.4.3, commands 37h and 41h. Masks of bill types are three bytes, high
byte first: type 23 is bit 7 of the first byte, type 0 bit 0 of the third.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.money import KOPECKS_IN_RUBLE, LIMIT_KOPECKS, Money

TYPES = 24
BARCODE_TYPE = 23
"""The last type is the barcode coupon: no money."""
ENTRY_BYTES = 5
TABLE_BYTES = TYPES * ENTRY_BYTES
MASK_BYTES = 3
PART_BYTES = 15
SERIAL_BYTES = 12
ASSET_BYTES = 7
IDENTIFICATION_BYTES = (33, 34)
"""34 by the manual; units with one byte less of asset number are met."""
_FRACTION = 0x80


@dataclass(frozen=True, slots=True)
class BillType:
    """One entry of the bill table that is not empty. `digits` × 10^`exponent` units of the country's currency."""

    code: int
    digits: int
    country: str
    exponent: int

    @property
    def value(self) -> Money | None:
        """The value with rubles as units; `None` for a value that no sum of ours can have."""
        if abs(self.exponent) > TYPES:
            return None
        kopecks = self.digits * KOPECKS_IN_RUBLE
        if self.exponent >= 0:
            kopecks *= 10**self.exponent
        else:
            kopecks, rest = divmod(kopecks, 10**-self.exponent)
            if rest:
                return None
        return Money(kopecks) if kopecks < LIMIT_KOPECKS else None


@dataclass(frozen=True, slots=True)
class BillTable:
    """The types that the validator knows. Gaps and any start are normal."""

    types: tuple[BillType, ...]

    @classmethod
    def decode(cls, data: bytes) -> BillTable:
        """Read the 120 bytes of the answer. Raises `ValueError` for another length."""
        if len(data) != TABLE_BYTES:
            raise ValueError(f"a bill table has {TABLE_BYTES} bytes, not {len(data)}")
        entries = (data[start : start + ENTRY_BYTES] for start in range(0, TABLE_BYTES, ENTRY_BYTES))
        return cls(tuple(_bill_type(code, entry) for code, entry in enumerate(entries) if entry[0]))

    def encode(self) -> bytes:
        data = bytearray(TABLE_BYTES)
        for each in self.types:
            scale = each.exponent if each.exponent >= 0 else _FRACTION | -each.exponent
            entry = bytes((each.digits, *each.country.encode("ascii"), scale))
            data[each.code * ENTRY_BYTES : (each.code + 1) * ENTRY_BYTES] = entry
        return bytes(data)


def _bill_type(code: int, entry: bytes) -> BillType:
    scale = entry[4]
    exponent = -(scale & ~_FRACTION) if scale & _FRACTION else scale
    return BillType(code, entry[0], entry[1:4].decode("ascii", "replace"), exponent)


def digest(table: bytes) -> str:
    """SHA-256 of the raw bill table, hexadecimal."""
    return hashlib.sha256(table).hexdigest()


@dataclass(frozen=True, slots=True)
class Identification:
    """Who the validator is. The firmware's version is part of the part number, e.g. `SM-RU1353`."""

    part: str
    serial: str
    asset: bytes = bytes(ASSET_BYTES)

    @classmethod
    def decode(cls, data: bytes) -> Identification:
        """Read the 33 or 34 bytes of the answer. Raises `ValueError` for another length."""
        if len(data) not in IDENTIFICATION_BYTES:
            raise ValueError(f"an identification has 33 or 34 bytes, not {len(data)}")
        part, serial = data[:PART_BYTES], data[PART_BYTES : PART_BYTES + SERIAL_BYTES]
        return cls(_text(part), _text(serial), bytes(data[PART_BYTES + SERIAL_BYTES :]))

    def encode(self) -> bytes:
        part = self.part.encode("ascii").ljust(PART_BYTES)
        serial = self.serial.encode("ascii").ljust(SERIAL_BYTES)
        return part + serial + self.asset


def _text(field: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in field.rstrip(b"\0 ")).strip()


def encode_mask(codes: Iterable[int]) -> bytes:
    """Three bytes with the bits of these types. Raises `ValueError` for a type that cannot be."""
    mask = 0
    for code in codes:
        if not 0 <= code < TYPES:
            raise ValueError(f"no such bill type: {code}")
        mask |= 1 << code
    return mask.to_bytes(MASK_BYTES, "big")


def decode_mask(data: bytes) -> frozenset[int]:
    """The types whose bits are set."""
    mask = int.from_bytes(data, "big")
    return frozenset(code for code in range(TYPES) if mask >> code & 1)
