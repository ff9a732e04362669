"""Frames of the Shtrih-M protocol as they stand on the wire; computed from the vendor's description and public logs.

Password 30 everywhere; 1500.00 rubles, document 432, sign 3522207165, 21.11.2026 14:07, storage 9999078902001234.
"""

from __future__ import annotations

NAME = "Электроэнергия л/с 5001234567"
STORAGE = "9999078902001234"

_CLOSE = "02 76 FF 45 1E 00 00 00 F0 49 02 00 00 " + "00 " * 75 + "00 " + "00 " * 30 + "01 68"
_ITEM = (
    "02 3D FF 46 1E 00 00 00 01 40 42 0F 00 00 00 F0 49 02 00 00 F0 49 02 00 00 FF FF FF FF FF 08 01 04 04 "
    "DD EB E5 EA F2 F0 EE FD ED E5 F0 E3 E8 FF 20 EB 2F F1 20 35 30 30 31 32 33 34 35 36 37 74"
)
_ACCOUNT = (
    "02 28 FF 0C 1E 00 00 00 3C 04 1E 00 3D 04 0C 00 8B A8 E6 A5 A2 AE A9 20 E1 E7 A5 E2 "
    "3E 04 0A 00 35 30 30 31 32 33 34 35 36 37 47"
)

REQUESTS: dict[str, str] = {
    "short status": "02 05 10 1E 00 00 00 0B",
    "long status": "02 05 11 1E 00 00 00 0A",
    "storage status": "02 06 FF 01 1E 00 00 00 E6",
    "storage expiry": "02 06 FF 03 1E 00 00 00 E4",
    "exchange status": "02 06 FF 39 1E 00 00 00 DE",
    "shift state": "02 06 FF 40 1E 00 00 00 A7",
    "open shift": "02 05 E0 1E 00 00 00 FB",
    "open sale": "02 06 8D 1E 00 00 00 00 95",
    "item": _ITEM,
    "item unit": "02 0B FF 4D 1E 00 00 00 3C 08 01 00 00 92",
    "item agent": "02 0B FF 4D 1E 00 00 00 C6 04 01 00 04 60",
    "buyer": "02 16 FF 0C 1E 00 00 00 F0 03 0C 00 2B 37 39 39 39 31 32 33 34 35 36 37 11",
    "account": _ACCOUNT,
    "close": _CLOSE,
    "find document": "02 0A FF 0A 1E 00 00 00 B0 01 00 00 50",
    "read document": "02 0A FF 3A 1E 00 00 00 B0 01 00 00 60",
    "read block": "02 06 FF 3B 1E 00 00 00 DC",
    "continue": "02 05 B0 1E 00 00 00 AB",
    "cancel": "02 05 88 1E 00 00 00 93",
    "copy": "02 05 8C 1E 00 00 00 97",
    "x report": "02 05 40 1E 00 00 00 5B",
    "z report": "02 05 41 1E 00 00 00 5A",
    "set time": "02 08 21 1E 00 00 00 0E 05 00 3C",
    "set date": "02 08 22 1E 00 00 00 15 0B 1A 30",
    "confirm date": "02 08 23 1E 00 00 00 15 0B 1A 31",
    "cut": "02 06 25 1E 00 00 00 00 3D",
    "feed": "02 07 29 1E 00 00 00 02 05 37",
    "present": "02 06 F1 1E 00 00 00 00 E9",
    "read table": "02 09 1F 1E 00 00 00 18 01 00 01 10",
    "device type": "02 01 FC FD",
    "features": "02 02 F7 01 F4",
}

ANSWERS: dict[str, str] = {
    "short status, shift open": "02 11 10 00 1E 90 02 02 00 00 33 25 00 00 00 00 00 00 00 99",
    "short status, paper out": "02 11 10 00 1E 10 02 08 02 01 33 25 00 00 00 00 00 00 01 11",
    "storage status": (
        "02 21 FF 01 00 03 00 00 01 00 1A 0B 15 0E 05 39 39 39 39 30 37 38 39 30 32 30 30 31 32 33 34 AF 01 00 00 7C"
    ),
    "storage status, public log": (
        "02 21 FF 01 00 03 00 00 01 00 15 07 1D 0B 1D 39 32 38 37 34 34 30 33 30 31 31 32 30 39 39 31 A9 01 00 00 68"
    ),
    "exchange status": "02 10 FF 39 00 02 00 02 00 AF 01 00 00 1A 0B 15 0E 05 77",
    "item": "02 03 FF 46 00 BA",
    "closed": "02 15 FF 45 00 00 00 00 00 00 B0 01 00 00 BD 9D F0 D1 1A 0B 15 0E 07 12",
    "close refused, continue": "02 03 FF 45 58 E1",
    "close refused, shift": "02 03 FF 45 16 AF",
    "document": "02 18 FF 0A 00 03 00 1A 0B 15 0E 07 B0 01 00 00 BD 9D F0 D1 01 F0 49 02 00 00 E9",
    "no document": "02 03 FF 0A 08 FE",
}

PACKETS: dict[str, tuple[int | None, str, str]] = {
    "ping": (None, "", "8F 00 00 0F 1D"),
    "storage status": (0x018A, "FF 01 1E 00 00 00", "8F 08 00 8A 01 FF 01 1E 00 00 00 FD 38"),
    "short status, stuffed": (0x008F, "10 1E 00 00 00", "8F 07 00 9F 81 00 10 1E 00 00 00 6E 35"),
    "empty answer": (5, "", "8F 02 00 05 00 5D 96"),
}

RECORDS: dict[str, str] = {
    "method": "BE 04 01 00 04",
    "price": "37 04 03 00 F0 49 02",
    "quantity one": "FF 03 02 00 00 01",
    "quantity 1.500": "FF 03 03 00 03 DC 05",
    "inn": "FA 03 0C 00 37 37 30 31 32 33 34 35 36 37 20 20",
    "time": "F4 03 04 00 0C A5 01 6B",
    "agent": "21 04 01 00 04",
    "sign": "35 04 06 00 21 04 D1 F0 9D BD",
    "account": (
        "3C 04 1E 00 3D 04 0C 00 8B A8 E6 A5 A2 AE A9 20 E1 E7 A5 E2 3E 04 0A 00 35 30 30 31 32 33 34 35 36 37"
    ),
    "item": (
        "23 04 36 00 BE 04 01 00 04 BC 04 01 00 01 06 04 0A 00 9D AB 2E ED AD A5 E0 A3 A8 EF 37 04 03 00 F0 49 02 "
        "FF 03 02 00 00 01 3C 08 01 00 00 AF 04 01 00 0B 13 04 03 00 F0 49 02"
    ),
    "unit": "3C 08 01 00 32",
    "automat": "0C 04 06 00 54 2D 30 30 30 31",
    "vat 22": "AF 04 01 00 0B",
    "item agent": "C6 04 01 00 04",
}


def frame(text: str) -> bytes:
    """The bytes of a frame written in hexadecimal."""
    return bytes.fromhex(text)
