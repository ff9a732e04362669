"""Answers of the registers as values.

Every parser takes the data after the error byte and raises `BadAnswer` when it is too short or makes no sense; longer
answers of later firmware are accepted.

Source: "Протокол работы ККТ–ФН" 1.17. Dates of the register are DD MM YY, those of the storage YY MM DD.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from contracts.money import LIMIT_KOPECKS, Money
from terminal.devices.shtrih.commands import Command
from terminal.devices.shtrih.errors import Refused
from terminal.devices.shtrih.statuses import Mode, Submode, mode_of, submode_of

_CENTURY = 2000
RECEIPT = 3
SHIFT_OPENED = 2
SHIFT_CLOSED = 5
CORRECTION = 31


class BadAnswer(Exception):
    """An answer that is not what the protocol promises."""


def belongs(command: Command, payload: bytes) -> bool:
    """Whether an answer can be the one to that command. Some firmware reports errors of FF xx as `FF err`."""
    return payload.startswith(command.code) or (len(payload) == 2 and payload[:1] == command.code[:1] == b"\xff")


def data_of(command: Command, payload: bytes) -> bytes:
    """What follows the error byte. Raises `Refused` for an error and `BadAnswer` for another command's answer."""
    if not belongs(command, payload):
        raise BadAnswer(f"{command.name}: answered {payload[:2].hex()}")
    rest = payload[len(command.code) :] if payload.startswith(command.code) else payload[1:]
    if not rest:
        raise BadAnswer(f"{command.name}: no error byte")
    if rest[0]:
        raise Refused(rest[0], command.name)
    return rest[1:]


@dataclass(frozen=True, slots=True)
class ShortStatus:
    """10h. `last_print` is 0 when the last print went well, None on models that do not tell."""

    flags: int
    mode: Mode
    submode: Submode
    last_print: int | None

    @classmethod
    def parse(cls, data: bytes) -> ShortStatus:
        _need(data, 14, "short status")
        return cls(
            flags=_number(data[1:3]),
            mode=mode_of(data[3]),
            submode=submode_of(data[4]),
            last_print=data[14] if len(data) > 14 else None,
        )


@dataclass(frozen=True, slots=True)
class LongStatus:
    """11h. `clock` is None when the register's clock shows nonsense."""

    firmware: str
    flags: int
    mode: Mode
    submode: Submode
    clock: datetime | None
    serial: str

    @classmethod
    def parse(cls, data: bytes) -> LongStatus:
        _need(data, 46, "long status")
        serial = _number(data[30:34]) + (_number(data[48:50]) << 32 if len(data) >= 50 else 0)
        return cls(
            firmware=f"{data[1:3].decode('cp1251', 'replace')}.{_number(data[3:5])}",
            flags=_number(data[11:13]),
            mode=mode_of(data[13]),
            submode=submode_of(data[14]),
            clock=_clock(data[23:29]),
            serial=f"{serial:016d}",
        )


@dataclass(frozen=True, slots=True)
class StorageStatus:
    """FF01."""

    phase: int
    current_document: int
    shift_open: bool
    warnings: int
    last_at: datetime | None
    storage: str
    last_document: int

    WORKING = 3

    @classmethod
    def parse(cls, data: bytes) -> StorageStatus:
        _need(data, 30, "storage status")
        return cls(
            phase=data[0],
            current_document=data[1],
            shift_open=bool(data[3]),
            warnings=data[4],
            last_at=storage_moment(data[5:10]),
            storage=data[10:26].decode("ascii", "replace").strip("\0 "),
            last_document=_number(data[26:30]),
        )


@dataclass(frozen=True, slots=True)
class ExchangeStatus:
    """FF39."""

    unsent: int
    first_number: int
    first_at: datetime | None

    @classmethod
    def parse(cls, data: bytes) -> ExchangeStatus:
        _need(data, 13, "exchange status")
        return cls(_number(data[2:4]), _number(data[4:8]), storage_moment(data[8:13]))


@dataclass(frozen=True, slots=True)
class ShiftStatus:
    """FF40."""

    is_open: bool
    number: int
    receipts: int

    @classmethod
    def parse(cls, data: bytes) -> ShiftStatus:
        _need(data, 5, "shift state")
        return cls(bool(data[0]), _number(data[1:3]), _number(data[3:5]))


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """FF0A. `operation` and `total` belong to receipts only, `shift` to the reports of a shift."""

    kind: int
    at: datetime
    number: int
    sign: int
    operation: int | None = None
    total: Money | None = None
    shift: int | None = None

    @classmethod
    def parse(cls, data: bytes) -> StoredDocument:
        _need(data, 15, "document")
        at = storage_moment(data[2:7])
        if at is None:
            raise BadAnswer(f"document dated {data[2:7].hex()}")
        kind, number, sign = data[0], _number(data[7:11]), _number(data[11:15])
        if kind in (RECEIPT, CORRECTION):
            _need(data, 21, "receipt")
            return cls(kind, at, number, sign, operation=data[15], total=_money(data[16:21]))
        if kind in (SHIFT_OPENED, SHIFT_CLOSED) and len(data) >= 17:
            return cls(kind, at, number, sign, shift=_number(data[15:17]))
        return cls(kind, at, number, sign)


@dataclass(frozen=True, slots=True)
class Closed:
    """FF45. `at` comes only with "extended answers"."""

    change: Money
    number: int
    sign: int
    at: datetime | None

    @classmethod
    def parse(cls, data: bytes) -> Closed:
        _need(data, 13, "close")
        at = storage_moment(data[13:18]) if len(data) >= 18 else None
        return cls(_money(data[:5]), _number(data[5:9]), _number(data[9:13]), at)


@dataclass(frozen=True, slots=True)
class Features:
    """F7h, type 1: bits of the model."""

    bits: int

    PRESENTER = 10
    SLIPS = 22
    NUMBERED_PACKETS = 28
    LAST_PRINT = 34
    EXTENDED_ANSWERS = 50

    @classmethod
    def parse(cls, data: bytes) -> Features:
        _need(data, 8, "features")
        return cls(_number(data[:8]))

    def has(self, bit: int) -> bool:
        return bool(self.bits >> bit & 1)


def device_name(data: bytes) -> str:
    """FCh: type, subtype, protocol and its subversion, model, language, then the name in CP1251."""
    _need(data, 6, "device type")
    return data[6:].decode("cp1251", "replace").strip("\0 ")


def expiry_date(data: bytes) -> date | None:
    """FF03: YY MM DD; None when it is not a date."""
    _need(data, 3, "storage expiry")
    try:
        return date(_CENTURY + data[0], data[1], data[2])
    except ValueError:
        return None


def money_register(data: bytes) -> Money:
    """1Ah: operator, then six bytes."""
    _need(data, 7, "money register")
    return _money(data[1:7])


def storage_moment(data: bytes) -> datetime | None:
    """YY MM DD hh mm; None when it is not a moment (zeros: never)."""
    try:
        return datetime(_CENTURY + data[0], data[1], data[2], data[3], data[4])  # noqa: DTZ001 - the register's clock
    except (ValueError, IndexError):
        return None


def _clock(data: bytes) -> datetime | None:
    day, month, year, hour, minute, second = data
    try:
        return datetime(_CENTURY + year, month, day, hour, minute, second)  # noqa: DTZ001 - the register's clock
    except ValueError:
        return None


def _money(data: bytes) -> Money:
    kopecks = _number(data)
    if kopecks >= LIMIT_KOPECKS:
        raise BadAnswer(f"a sum of {kopecks} kopecks")
    return Money(kopecks)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _need(data: bytes, length: int, what: str) -> None:
    if len(data) < length:
        raise BadAnswer(f"{what}: {len(data)} bytes of {length}")
