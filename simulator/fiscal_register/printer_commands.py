"""Commands of one byte that report or print: status, text, shift reports, receipts, codes, slips.

Written from "Протокол работы ККТ–ФН" 1.17, описание команд.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.fiscal_register.machine import Handler, Machine, MachineRefused
from simulator.fiscal_register.printer import Submode
from simulator.fiscal_register.receipt_print import (
    cancelled_strips,
    copy_strips,
    report_strips,
    shift_strips,
)
from simulator.fiscal_register.sale import OpenReceipt
from simulator.fiscal_register.storage import DocumentKind
from simulator.fiscal_register.tape import Cut, QrCode, Strip, TextLine

_DEFERRED = 0x80
_QR = 3
_BLOCK_BYTES = 64
_BLOCKS = 7
_FEATURES = (9, 22, 28, 34, 36, 43, 50)


def _flags(machine: Machine) -> int:
    printer = machine.printer
    paper = printer.paper_mm > 0
    bits = {1: not printer.paper_low, 4: True, 7: paper, 9: not printer.cover_open, 10: printer.cover_open}
    return sum(1 << bit for bit, value in bits.items() if value)


def _short_status(machine: Machine, _: bytes) -> bytes:
    receipt = machine.memory.receipt
    operations = len(receipt.items) if receipt else 0
    return (
        _flags(machine).to_bytes(2, "little")
        + bytes([machine.mode, machine.printer.submode, operations & 0xFF, 0x33, 0x25, 0, 0, operations >> 8, 0, 0, 0])
        + bytes([machine.printer.last_print])
    )


def _long_status(machine: Machine, _: bytes) -> bytes:
    who, storage, now = machine.registration, machine.storage, machine.clock.now()
    closed = storage.shift if storage.shift_opened_at is None else storage.shift - 1
    serial = int(who.serial)
    return b"".join(
        (
            who.firmware.replace(".", "").ljust(2)[:2].encode("cp1251"),
            who.build.to_bytes(2, "little"),
            bytes([24, 6, 21, 1]),
            (storage.last_number & 0xFFFF).to_bytes(2, "little"),
            _flags(machine).to_bytes(2, "little"),
            bytes([machine.mode, machine.printer.submode, 0]),
            bytes(7),
            bytes([now.day, now.month, now.year % 100, now.hour, now.minute, now.second, 0]),
            (serial & 0xFFFFFFFF).to_bytes(4, "little"),
            max(0, closed).to_bytes(2, "little"),
            bytes([0, 0, 1, 4]),
            int(who.inn).to_bytes(6, "little"),
            bytes(2),
            (serial >> 32).to_bytes(2, "little"),
        )
    )


def _abort_output(machine: Machine, _: bytes) -> bytes:
    machine.memory.output = None
    return b""


def _line(machine: Machine, data: bytes) -> bytes:
    return _text(machine, data[0], data[1:])


def _line_in_font(machine: Machine, data: bytes) -> bytes:
    return _text(machine, data[0], data[2:])


def _text(machine: Machine, flags: int, data: bytes) -> bytes:
    text = data.split(b"\0")[0].decode("cp1251")
    receipt = machine.memory.receipt
    if receipt is not None and flags & _DEFERRED:
        receipt.deferred.append(text)
    else:
        machine.printer.print([TextLine(text)], document=False)
    return b""


def _feed(machine: Machine, data: bytes) -> bytes:
    blank: list[Strip] = [TextLine("")] * data[1]
    machine.printer.print(blank, document=False)
    return b""


def _cut(machine: Machine, _: bytes) -> bytes:
    machine.printer.print([Cut()], document=True)
    return b""


def _x_report(machine: Machine, _: bytes) -> bytes:
    _not_in_receipt(machine)
    machine.printer.print(report_strips(machine.storage, machine.registration), document=True, report=True)
    return b""


def _open_shift(machine: Machine, _: bytes) -> bytes:
    if machine.mode != 4:
        raise MachineRefused(0x73)
    _report(machine, DocumentKind.SHIFT_OPEN, "ОТЧЕТ ОБ ОТКРЫТИИ СМЕНЫ")
    return b""


def _z_report(machine: Machine, _: bytes) -> bytes:
    _not_in_receipt(machine)
    if machine.mode not in (2, 3):
        raise MachineRefused(0x73)
    _report(machine, DocumentKind.SHIFT_CLOSE, "ОТЧЕТ О ЗАКРЫТИИ СМЕНЫ")
    return b""


def _report(machine: Machine, kind: DocumentKind, title: str) -> None:
    document = machine.form(kind)
    strips = shift_strips(title, document, machine.storage, machine.registration)
    machine.printer.print(strips, document=True, report=True)


def _open_receipt(machine: Machine, data: bytes) -> bytes:
    _not_in_receipt(machine)
    match machine.mode:
        case 3:
            raise MachineRefused(0x4E)
        case 2 if data[0] in (0, 1, 2, 3):
            machine.memory.receipt = OpenReceipt(data[0])
        case 2:
            raise MachineRefused(0x33)
        case _:
            raise MachineRefused(0x73)
    return b""


def _cancel(machine: Machine, _: bytes) -> bytes:
    if machine.memory.receipt is None:
        raise MachineRefused(0x73)
    machine.memory.receipt = None
    machine.printer.print(cancelled_strips(machine.registration), document=True)
    return b""


def _copy(machine: Machine, _: bytes) -> bytes:
    if machine.memory.copy is None:
        raise MachineRefused(0x56)
    machine.printer.print(copy_strips(machine.memory.copy), document=True)
    return b""


def _continue(machine: Machine, _: bytes) -> bytes:
    if machine.printer.submode is not Submode.AWAITS_CONTINUE:
        raise MachineRefused(0x72)
    machine.printer.resume()
    return b""


def _load_code(machine: Machine, data: bytes) -> bytes:
    number, block = data[1], data[2:]
    if number >= _BLOCKS or len(block) != _BLOCK_BYTES:
        raise MachineRefused(0x33)
    code = machine.memory.code
    code.extend(bytes(max(0, (number + 1) * _BLOCK_BYTES - len(code))))
    code[number * _BLOCK_BYTES : (number + 1) * _BLOCK_BYTES] = block
    return b""


def _print_code(machine: Machine, data: bytes) -> bytes:
    kind, length, dot = data[0], int.from_bytes(data[1:3], "little"), data[6]
    if kind != _QR or not 0 < length <= len(machine.memory.code) or not 3 <= dot <= 8:
        raise MachineRefused(0x33)
    text = machine.memory.code[:length].decode("latin-1")
    machine.printer.print([QrCode(text, dot)], document=False)
    return b""


def _open_slip(machine: Machine, _: bytes) -> bytes:
    _not_in_receipt(machine)
    if not machine.settings.slips:
        raise MachineRefused(0x37)
    if machine.memory.slip_open:
        raise MachineRefused(0x4A)
    machine.memory.slip_open = True
    return b""


def _close_slip(machine: Machine, _: bytes) -> bytes:
    if not machine.memory.slip_open:
        raise MachineRefused(0x73)
    machine.memory.slip_open = False
    machine.printer.print([TextLine(""), Cut()], document=True)
    return b""


def _present(machine: Machine, _: bytes) -> bytes:
    if not machine.settings.presenter:
        raise MachineRefused(0x37)
    return b""


def _device_type(machine: Machine, _: bytes) -> bytes:
    return bytes([0, 0, 1, 14, 255, 0]) + machine.registration.model.encode("cp1251")


def _features(machine: Machine, _: bytes) -> bytes:
    settings = machine.settings
    bits = sum(1 << bit for bit in _FEATURES if bit not in (22, 50))
    bits |= settings.slips << 22 | settings.extended_answers << 50 | settings.presenter << 10
    return bits.to_bytes(8, "little")


def _not_in_receipt(machine: Machine) -> None:
    if machine.memory.receipt is not None:
        raise MachineRefused(0x4A)


def _printing(act: Callable[[Machine, bytes], bytes]) -> Handler:
    return Handler(act, prints=True, names_operator=True)


HANDLERS: dict[bytes, Handler] = {
    b"\x03": Handler(_abort_output, any_mode=True, in_output=True),
    b"\x10": Handler(_short_status, names_operator=True, any_mode=True, in_output=True),
    b"\x11": Handler(_long_status, names_operator=True, any_mode=True, in_output=True),
    b"\x17": _printing(_line),
    b"\x2f": _printing(_line_in_font),
    b"\x25": _printing(_cut),
    b"\x29": _printing(_feed),
    b"\x40": _printing(_x_report),
    b"\x41": _printing(_z_report),
    b"\x88": _printing(_cancel),
    b"\x8c": _printing(_copy),
    b"\x8d": _printing(_open_receipt),
    b"\xb0": Handler(_continue, names_operator=True),
    b"\xdd": Handler(_load_code, names_operator=True),
    b"\xde": _printing(_print_code),
    b"\xe0": _printing(_open_shift),
    b"\xe2": _printing(_open_slip),
    b"\xe3": _printing(_close_slip),
    b"\xf1": Handler(_present, names_operator=True),
    b"\xf7": Handler(_features, has_password=False, any_mode=True, in_output=True),
    b"\xfc": Handler(_device_type, has_password=False, any_mode=True, in_output=True),
}
