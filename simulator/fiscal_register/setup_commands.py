"""Commands of one byte that set or read the register up: clock, tables, counters.

Written from "Протокол работы ККТ–ФН" 1.17, описание команд.
"""

from __future__ import annotations

from datetime import date, time

from fiscal import tlv
from simulator.fiscal_register.machine import Handler, Machine, MachineRefused
from simulator.fiscal_register.storage import DocumentKind

DRAWER = 241


def _set_time(machine: Machine, data: bytes) -> bytes:
    if machine.memory.receipt is not None or machine.storage.shift_opened_at is not None:
        raise MachineRefused(0x73)
    machine.clock.set_time(time(*data[:3]))
    return b""


def _set_date(machine: Machine, data: bytes) -> bytes:
    if machine.memory.receipt is not None:
        raise MachineRefused(0x73)
    machine.memory.pending_date = _day(data)
    machine.memory.wait_for_date = True
    return b""


def _confirm_date(machine: Machine, data: bytes) -> bytes:
    if machine.memory.pending_date is None or machine.memory.pending_date != _day(data):
        raise MachineRefused(0x7C)
    machine.clock.set_date(machine.memory.pending_date)
    machine.memory.wait_for_date, machine.memory.pending_date = False, None
    return b""


def _day(data: bytes) -> date:
    try:
        return date(2000 + data[2], data[1], data[0])
    except ValueError:
        raise MachineRefused(0x7D) from None


def _money_register(machine: Machine, data: bytes) -> bytes:
    if data[0] != DRAWER:
        return bytes(6)
    cash = 0
    for document in machine.storage.documents:
        if document.kind is DocumentKind.RECEIPT:
            paid = tlv.find(tlv.decode(document.records), 1031)
            cash += (paid if document.operation in (1, 4) else -paid) if isinstance(paid, int) else 0
    return max(0, cash).to_bytes(6, "little")


def _operation_register(machine: Machine, _: bytes) -> bytes:
    return (machine.storage.last_number & 0xFFFF).to_bytes(2, "little")


def _read_table(machine: Machine, data: bytes) -> bytes:
    who = machine.registration
    fields: dict[tuple[int, int], str | int] = {
        (18, 1): who.serial, (18, 2): who.inn, (18, 3): who.registration_number, (18, 4): machine.storage.number,
        (18, 7): who.user, (18, 9): who.address, (18, 13): who.tax_site, (18, 14): who.place,
        (24, 1): who.automat, (17, 17): 4, (17, 8): 1, (17, 7): 0,
    }
    value = fields.get((data[0], data[3]))
    if value is None:
        raise MachineRefused(0x5D)
    return bytes([value]) if isinstance(value, int) else value.encode("cp1251")


def _write_table(_machine: Machine, _data: bytes) -> bytes:
    raise MachineRefused(0x7A)


HANDLERS: dict[bytes, Handler] = {
    b"\x1a": Handler(_money_register, names_operator=True),
    b"\x1b": Handler(_operation_register, names_operator=True),
    b"\x1e": Handler(_write_table),
    b"\x1f": Handler(_read_table),
    b"\x21": Handler(_set_time),
    b"\x22": Handler(_set_date, any_mode=True),
    b"\x23": Handler(_confirm_date, any_mode=True),
}
