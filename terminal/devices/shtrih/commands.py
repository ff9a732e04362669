"""Requests of the Shtrih-M protocol that do not concern the fiscal storage: what is sent, how long the answer may take,
and whether the request may be sent again after silence.

A command that prints, moves paper or changes state is never repeatable: after silence its outcome is unknown.
Source: "Протокол работы ККТ–ФН" 1.17, описание команд; times after the vendor's own driver.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

SHORT_S = 6.0
USUAL_S = 30.0
REPORT_S = 120.0

RECEIPT_TAPE = 0x02
DEFERRED = 0x80
"""Print the line when the open document is printed, not at once."""
MAX_LINE_CHARACTERS = 64
_QR = 3
_QR_AUTOMATIC_MASK = 8
_QR_LEVEL_M = 1
_CENTRED = 1
QR_BLOCK_BYTES = 64
MAX_QR_BYTES = 7 * QR_BLOCK_BYTES


@dataclass(frozen=True, slots=True)
class Command:
    """One request. `code` is one byte, or two when the first is FF; `payload` begins with it."""

    name: str
    code: bytes
    payload: bytes
    repeatable: bool
    timeout_s: float


def device_type() -> Command:
    """FCh: needs no password, prints nothing, and is answered in every mode."""
    return Command("device type", b"\xfc", b"\xfc", True, SHORT_S)


def features() -> Command:
    """F7h, type 1: feature bits, widths, limits; needs no password."""
    return Command("features", b"\xf7", b"\xf7\x01", True, SHORT_S)


@dataclass(frozen=True, slots=True)
class Requests:
    """Makes the requests of one operator. `password` is a number (administrator of the system: 30 by default)."""

    password: int

    def short_status(self) -> Command:
        return self._ask("short status", 0x10, timeout_s=SHORT_S)

    def long_status(self) -> Command:
        return self._ask("long status", 0x11, timeout_s=SHORT_S)

    def abort_output(self) -> Command:
        return self._do("abort output", 0x03, timeout_s=SHORT_S)

    def money_register(self, number: int) -> Command:
        """Number 241 is the cash in the drawer."""
        return self._ask("money register", 0x1A, bytes([number]))

    def operation_register(self, number: int) -> Command:
        return self._ask("operation register", 0x1B, bytes([number]))

    def write_table(self, table: int, row: int, field: int, value: bytes) -> Command:
        return self._do("write table", 0x1E, bytes([table]) + row.to_bytes(2, "little") + bytes([field]) + value)

    def read_table(self, table: int, row: int, field: int) -> Command:
        return self._ask("read table", 0x1F, bytes([table]) + row.to_bytes(2, "little") + bytes([field]))

    def set_time(self, moment: time) -> Command:
        return self._do("set time", 0x21, bytes([moment.hour, moment.minute, moment.second]))

    def set_date(self, day: date) -> Command:
        return self._do("set date", 0x22, _day(day))

    def confirm_date(self, day: date) -> Command:
        """Must follow `set_date` with the same day."""
        return self._do("confirm date", 0x23, _day(day))

    def line(self, text: str, *, deferred: bool = False) -> Command:
        """A line of text. Raises `ValueError` when it is longer than the widest paper takes."""
        if len(text) > MAX_LINE_CHARACTERS:
            raise ValueError(f"a line of {len(text)} characters")
        flags = RECEIPT_TAPE | (DEFERRED if deferred else 0)
        return self._do("line", 0x17, bytes([flags]) + printer_text(text))

    def line_in_font(self, text: str, font: int) -> Command:
        return self._do("line in font", 0x2F, bytes([RECEIPT_TAPE, font]) + printer_text(text))

    def feed(self, lines: int) -> Command:
        return self._do("feed", 0x29, bytes([RECEIPT_TAPE, lines]))

    def cut(self, *, partial: bool = False) -> Command:
        return self._do("cut", 0x25, bytes([1 if partial else 0]))

    def x_report(self) -> Command:
        return self._do("x report", 0x40, timeout_s=USUAL_S)

    def z_report(self) -> Command:
        """Closes the shift."""
        return self._do("z report", 0x41, timeout_s=REPORT_S)

    def open_shift(self) -> Command:
        return self._do("open shift", 0xE0, timeout_s=REPORT_S)

    def cancel(self) -> Command:
        """Cancel the open receipt."""
        return self._do("cancel", 0x88, timeout_s=SHORT_S)

    def copy(self) -> Command:
        """Print a copy of the last closed document; known only until the power goes."""
        return self._do("copy", 0x8C)

    def open_receipt(self, kind: int) -> Command:
        """0 sale, 1 buy, 2 sale return, 3 buy return."""
        return self._do("open receipt", 0x8D, bytes([kind]))

    def continue_printing(self) -> Command:
        """May be repeated: with nothing to continue it is refused and does nothing."""
        return Command("continue", b"\xb0", b"\xb0" + self._password(), True, SHORT_S)

    def open_slip(self) -> Command:
        return self._do("open slip", 0xE2)

    def close_slip(self) -> Command:
        return self._do("close slip", 0xE3)

    def present(self, *, hold: bool = False) -> Command:
        """Push the receipt out of the presenter, or hold it in the exit."""
        return self._do("present", 0xF1, bytes([1 if hold else 0]))

    def load_qr(self, data: bytes) -> list[Command]:
        """DDh for each block of 64 bytes. Raises `ValueError` when there are too many."""
        if not 0 < len(data) <= MAX_QR_BYTES:
            raise ValueError(f"a code of {len(data)} bytes")
        starts = range(0, len(data), QR_BLOCK_BYTES)
        blocks = [data[start : start + QR_BLOCK_BYTES].ljust(QR_BLOCK_BYTES, b"\0") for start in starts]
        return [self._do("load code", 0xDD, bytes([0, number]) + block) for number, block in enumerate(blocks)]

    def print_qr(self, length: int, dot: int) -> Command:
        """DEh: print what was loaded as a QR code; `dot` 3–8 is the size of a module in printer dots."""
        if not 3 <= dot <= 8:
            raise ValueError(f"a module of {dot} dots")
        parameters = bytes([0, _QR_AUTOMATIC_MASK, dot, 0, _QR_LEVEL_M, _CENTRED])
        return self._do("print code", 0xDE, bytes([_QR]) + length.to_bytes(2, "little") + b"\0" + parameters)

    def _ask(self, name: str, code: int, data: bytes = b"", timeout_s: float = USUAL_S) -> Command:
        return Command(name, bytes([code]), bytes([code]) + self._password() + data, True, timeout_s)

    def _do(self, name: str, code: int, data: bytes = b"", timeout_s: float = USUAL_S) -> Command:
        return Command(name, bytes([code]), bytes([code]) + self._password() + data, False, timeout_s)

    def _password(self) -> bytes:
        return self.password.to_bytes(4, "little")


def printer_text(text: str) -> bytes:
    """CP1251 as the printer takes it; a character that it does not have becomes a question mark."""
    return text.encode("cp1251", "replace")


def _day(day: date) -> bytes:
    return bytes([day.day, day.month, day.year % 100])
