"""Requests of the Shtrih-M protocol to the fiscal storage (FF xx), and the two that make a receipt: FF46 and FF45.

The document comes into being inside FF45 (`close`), and nowhere before. Source: "Протокол работы ККТ–ФН" 1.17.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from contracts.money import Money
from fiscal.documents import Item, Operation, Receipt, TaxSystem, VatRate
from terminal.devices.shtrih.commands import SHORT_S, USUAL_S, Command, printer_text

CLOSE_S = 30.0
MAX_RECORDS_BYTES = 250
MAX_NAME_BYTES = 128
_ONE = 1_000_000
"""Quantities have six decimals."""
_NOT_GIVEN = b"\xff" * 5
_DEPARTMENT = 1
_MONEY_BYTES = 5
_PAYMENT_KINDS = 16
_TAX_SUMS = 6
_MOST_KOPECKS = 256**_MONEY_BYTES


@dataclass(frozen=True, slots=True)
class StorageRequests:
    """Makes the requests of one operator; the specification wants the administrator of the system."""

    password: int

    def status(self) -> Command:
        return self._ask("storage status", 0x01)

    def number(self) -> Command:
        return self._ask("storage number", 0x02)

    def expiry(self) -> Command:
        return self._ask("storage expiry", 0x03)

    def cancel_document(self) -> Command:
        """Drop the document that hangs half-made in the storage."""
        return self._do("cancel document", 0x08)

    def find_document(self, number: int) -> Command:
        return self._ask("find document", 0x0A, number.to_bytes(4, "little"))

    def exchange_status(self) -> Command:
        return self._ask("exchange status", 0x39)

    def unconfirmed_count(self) -> Command:
        return self._ask("unconfirmed count", 0x3F)

    def shift_state(self) -> Command:
        return self._ask("shift state", 0x40)

    def read_document(self, number: int) -> Command:
        """Begin to read a whole document; the register is in mode 1 until its last block was read or 03h was sent."""
        return self._do("read document", 0x3A, number.to_bytes(4, "little"))

    def read_block(self) -> Command:
        """The next block; asking again would skip one, so this is not repeatable."""
        return self._do("read block", 0x3B)

    def document_records(self, records: bytes) -> Command:
        """FF0C: records of the document itself."""
        return self._do("document records", 0x0C, _bounded(records))

    def item_records(self, records: bytes) -> Command:
        """FF4D: records of the item just sent by `item`."""
        return self._do("item records", 0x4D, _bounded(records))

    def item(self, operation: Operation, item: Item) -> Command:
        """FF46. The register computes tax itself. Raises `ValueError` when a field does not fit."""
        name = printer_text(item.name)
        if len(name) > MAX_NAME_BYTES:
            raise ValueError(f"an item name of {len(name)} characters")
        price = _money(item.price)
        fields = (
            bytes([operation]), _ONE.to_bytes(6, "little"), price, price, _NOT_GIVEN,
            bytes([vat_code(item.vat), _DEPARTMENT, item.method, item.subject]), name,
        )
        return self._do("item", 0x46, b"".join(fields))

    def close(self, receipt: Receipt) -> Command:
        """FF45: form the document."""
        return self.close_with(receipt.cash, receipt.electronic, receipt.tax_system)

    def close_with(self, cash: Money, electronic: Money, tax_system: TaxSystem) -> Command:
        sums = _money(cash) + _money(electronic) + bytes(_MONEY_BYTES * (_PAYMENT_KINDS - 2))
        rounding = b"\0"
        taxes = bytes(_MONEY_BYTES * _TAX_SUMS)
        return self._do("close", 0x45, sums + rounding + taxes + bytes([tax_system]), CLOSE_S)

    def _ask(self, name: str, code: int, data: bytes = b"") -> Command:
        return Command(name, bytes([0xFF, code]), self._payload(code, data), True, SHORT_S)

    def _do(self, name: str, code: int, data: bytes = b"", timeout_s: float = USUAL_S) -> Command:
        return Command(name, bytes([0xFF, code]), self._payload(code, data), False, timeout_s)

    def _payload(self, code: int, data: bytes) -> bytes:
        return bytes([0xFF, code]) + self.password.to_bytes(4, "little") + data


def vat_code(rate: VatRate) -> int:
    """The byte of FF46 for a rate. Rows of the tax table from 11 on are C0h plus the row."""
    match rate:
        case VatRate.VAT_20:
            return 0x01
        case VatRate.VAT_10:
            return 0x02
        case VatRate.VAT_0:
            return 0x04
        case VatRate.NONE:
            return 0x08
        case VatRate.VAT_20_120:
            return 0x10
        case VatRate.VAT_10_110:
            return 0x20
        case VatRate.VAT_5:
            return 0x81
        case VatRate.VAT_7:
            return 0x82
        case VatRate.VAT_5_105:
            return 0x84
        case VatRate.VAT_7_107:
            return 0x90
        case VatRate.VAT_22:
            return 0xCB
        case VatRate.VAT_22_122:
            return 0xCC
        case other:
            assert_never(other)


def _money(money: Money) -> bytes:
    if not 0 <= money.kopecks < _MOST_KOPECKS:
        raise ValueError(f"a sum of {money} in a receipt")
    return money.kopecks.to_bytes(_MONEY_BYTES, "little")


def _bounded(records: bytes) -> bytes:
    if not 0 < len(records) <= MAX_RECORDS_BYTES:
        raise ValueError(f"records of {len(records)} bytes")
    return records
