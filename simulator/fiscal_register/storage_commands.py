"""Commands FF xx: the fiscal storage, the items of a receipt, and FF45, which forms it.

Written from "Протокол работы ККТ–ФН" 1.17, команды ФН.
"""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from fiscal import tlv
from simulator.fiscal_register.machine import Handler, Machine, MachineRefused
from simulator.fiscal_register.receipt_print import receipt_strips
from simulator.fiscal_register.sale import (
    QUANTITY_ONE,
    VATS,
    OpenReceipt,
    Payment,
    SoldItem,
    document_records,
)
from simulator.fiscal_register.storage import CURRENT_CODE, WORKING_PHASE, DocumentKind, StoredDocument

_MONEY_BYTES = 5
_COMPUTE = b"\xff" * _MONEY_BYTES
_PAYMENTS = 16
_BLOCK_BYTES = 128
_CLOSE_BYTES = _PAYMENTS * _MONEY_BYTES + 1 + 6 * _MONEY_BYTES + 1
_MAX_ITEMS = 128


def _status(machine: Machine, _: bytes) -> bytes:
    storage = machine.storage
    last = storage.documents[-1].at if storage.documents else None
    begun = storage.begun
    return (
        bytes([WORKING_PHASE, CURRENT_CODE.get(begun, 0) if begun else 0, 0, storage.shift_opened_at is not None])
        + bytes([storage.warnings(machine.clock.now().date())])
        + _moment(last)
        + storage.number.encode("ascii")
        + storage.last_number.to_bytes(4, "little")
    )


def _number(machine: Machine, _: bytes) -> bytes:
    return machine.storage.number.encode("ascii")


def _expiry(machine: Machine, _: bytes) -> bytes:
    day = machine.storage.expires
    return bytes([day.year % 100, day.month, day.day, 4, 1])


def _cancel_document(machine: Machine, _: bytes) -> bytes:
    machine.storage.cancel()
    return b""


def _find(machine: Machine, data: bytes) -> bytes:
    document = machine.storage.find(int.from_bytes(data[:4], "little"))
    body = (
        bytes([document.kind, document.number <= machine.storage.sent])
        + _moment(document.at)
        + document.number.to_bytes(4, "little")
        + document.sign.to_bytes(4, "little")
    )
    if document.kind is DocumentKind.RECEIPT:
        return body + bytes([document.operation]) + document.total.to_bytes(_MONEY_BYTES, "little")
    return body + document.shift.to_bytes(2, "little")


def _exchange(machine: Machine, _: bytes) -> bytes:
    waiting = machine.storage.unsent
    first = waiting[0].number if waiting else 0
    return (
        bytes([2 if waiting else 0, 0])
        + len(waiting).to_bytes(2, "little")
        + first.to_bytes(4, "little")
        + _moment(machine.storage.oldest_unsent_at())
    )


def _unconfirmed(machine: Machine, _: bytes) -> bytes:
    return len(machine.storage.unsent).to_bytes(2, "little")


def _shift(machine: Machine, _: bytes) -> bytes:
    storage = machine.storage
    is_open = storage.shift_opened_at is not None
    return bytes([is_open]) + storage.shift.to_bytes(2, "little") + storage.receipts.to_bytes(2, "little")


def _read_document(machine: Machine, data: bytes) -> bytes:
    document = machine.storage.find(int.from_bytes(data[:4], "little"))
    records = document.records
    blocks = [records[at : at + _BLOCK_BYTES] for at in range(0, len(records), _BLOCK_BYTES)]
    machine.memory.output = blocks
    return bytes([document.kind, 0]) + len(records).to_bytes(2, "little")


def _read_block(machine: Machine, _: bytes) -> bytes:
    blocks = machine.memory.output
    if not blocks:
        machine.memory.output = None
        raise MachineRefused(0x08)
    return blocks.pop(0)


def _document_records(machine: Machine, data: bytes) -> bytes:
    _receipt(machine).records += _checked(data)
    return b""


def _item_records(machine: Machine, data: bytes) -> bytes:
    receipt = _receipt(machine)
    if not receipt.items:
        raise MachineRefused(0x02)
    receipt.items[-1].records += _checked(data)
    return b""


def _checked(data: bytes) -> bytes:
    try:
        tlv.decode(data)
    except tlv.TlvError:
        raise MachineRefused(0x09) from None
    return data


def _item(machine: Machine, data: bytes) -> bytes:
    """FF46: operation, quantity, price, sum, tax sum, rate, department, 1214, 1212, name."""
    receipt = _receipt(machine)
    if len(receipt.items) >= _MAX_ITEMS:
        raise MachineRefused(0x94)
    if len(data) < 26:
        raise MachineRefused(0x7E)
    operation, quantity = data[0], int.from_bytes(data[1:7], "little")
    price, total, vat = int.from_bytes(data[7:12], "little"), data[12:17], VATS.get(data[22])
    if operation != receipt.operation or vat is None or quantity != QUANTITY_ONE:
        raise MachineRefused(0x33)
    if total not in (_COMPUTE, data[7:12]) or price == 0:
        raise MachineRefused(0x33)
    receipt.items.append(SoldItem(data[26:].decode("cp1251"), price, vat, data[24], data[25]))
    return b""


def _close(machine: Machine, data: bytes) -> bytes:
    """FF45: the document is formed here and nowhere else; printing begins after it."""
    receipt = _receipt(machine)
    payment, change = _payment(receipt, data)
    if machine.settings.refuse:
        code, machine.settings.refuse = machine.settings.refuse, 0
        raise MachineRefused(code)
    if machine.settings.no_growth:
        machine.memory.receipt = None
        return _closed(change, machine.storage.documents[-1], extended=False)
    if machine.settings.formed_late_s:
        _form_late(machine, receipt, payment)
    document = _form(machine, receipt, payment)
    return _misreported(machine, _closed(change, document, extended=machine.settings.extended_answers))


def _form(machine: Machine, receipt: OpenReceipt, payment: Payment) -> StoredDocument:
    records = document_records(receipt, payment, machine.storage, machine.registration)
    document = machine.form(
        DocumentKind.RECEIPT, operation=receipt.operation, total=receipt.total, records=records
    )
    strips = receipt_strips(receipt, payment, document, machine.storage, machine.registration)
    machine.memory.receipt, machine.memory.copy = None, strips
    machine.printer.print(strips, document=True)
    return document


def _form_late(machine: Machine, receipt: OpenReceipt, payment: Payment) -> NoReturn:
    settings = machine.settings
    seconds, settings.formed_late_s = settings.formed_late_s, 0.0
    code, settings.refuse_formed = settings.refuse_formed, 0
    machine.memory.receipt = None
    machine.form_late(seconds, lambda: _form(machine, receipt, payment))
    raise MachineRefused(code)


def _misreported(machine: Machine, answer: bytes) -> bytes:
    """The answer to a document that was formed, as the settings bend it."""
    code, machine.settings.refuse_formed = machine.settings.refuse_formed, 0
    is_half, machine.settings.half_answer = machine.settings.half_answer, False
    if code:
        raise MachineRefused(code)
    return answer[: len(answer) // 3] if is_half else answer


def _payment(receipt: OpenReceipt, data: bytes) -> tuple[Payment, int]:
    """The payment less change, and the change; both in kopecks."""
    if len(data) < _CLOSE_BYTES:
        raise MachineRefused(0x7E)
    if not receipt.items:
        raise MachineRefused(0x8E)
    sums = [int.from_bytes(data[at : at + 5], "little") for at in range(0, _PAYMENTS * 5, 5)]
    cash, electronic, total = sums[0], sum(sums[1:13]), receipt.total
    if electronic > total:
        raise MachineRefused(0x4D)
    if sum(sums) < total:
        raise MachineRefused(0x45)
    change = max(0, sum(sums) - total)
    return Payment(cash - change, electronic, data[_CLOSE_BYTES - 1]), change


def _closed(change: int, document: StoredDocument, *, extended: bool) -> bytes:
    answer = change.to_bytes(5, "little") + document.number.to_bytes(4, "little") + document.sign.to_bytes(4, "little")
    return answer + _moment(document.at) if extended else answer


def _receipt(machine: Machine) -> OpenReceipt:
    if machine.memory.receipt is None:
        raise MachineRefused(0x73)
    return machine.memory.receipt


def _moment(moment: datetime | None) -> bytes:
    if moment is None:
        return bytes(5)
    return bytes([moment.year % 100, moment.month, moment.day, moment.hour, moment.minute])


HANDLERS: dict[bytes, Handler] = {
    b"\xff\x01": Handler(_status, any_mode=True),
    b"\xff\x02": Handler(_number, any_mode=True),
    b"\xff\x03": Handler(_expiry, any_mode=True),
    b"\xff\x08": Handler(_cancel_document),
    b"\xff\x0a": Handler(_find, any_mode=True),
    b"\xff\x0c": Handler(_document_records),
    b"\xff\x39": Handler(_exchange, any_mode=True),
    b"\xff\x3a": Handler(_read_document),
    b"\xff\x3b": Handler(_read_block, any_mode=True, in_output=True),
    b"\xff\x3f": Handler(_unconfirmed, any_mode=True),
    b"\xff\x40": Handler(_shift, any_mode=True),
    b"\xff\x45": Handler(_close, prints=True),
    b"\xff\x46": Handler(_item, prints=True),
    b"\xff\x4d": Handler(_item_records),
}
