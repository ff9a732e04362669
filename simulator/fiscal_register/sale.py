"""A receipt while it is being made: it lives in the register's memory and dies with its power."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from fiscal import tlv
from fiscal.tlv import Record
from simulator.fiscal_register.registration import Registration
from simulator.fiscal_register.storage import FiscalStorage

QUANTITY_ONE = 1_000_000


@dataclass(frozen=True, slots=True)
class Vat:
    """A rate: its byte in FF46, value of tag 1199, words on paper, and the share of the price that is tax."""

    code: int
    tag: int
    words: str
    share: Fraction | None


VATS = {
    vat.code: vat
    for vat in (
        Vat(0x01, 1, "НДС 20%", Fraction(20, 120)),
        Vat(0x02, 2, "НДС 10%", Fraction(10, 110)),
        Vat(0x04, 5, "НДС 0%", Fraction(0)),
        Vat(0x08, 6, "БЕЗ НДС", None),
        Vat(0x10, 3, "НДС 20/120", Fraction(20, 120)),
        Vat(0x20, 4, "НДС 10/110", Fraction(10, 110)),
        Vat(0x81, 7, "НДС 5%", Fraction(5, 105)),
        Vat(0x82, 8, "НДС 7%", Fraction(7, 107)),
        Vat(0x84, 9, "НДС 5/105", Fraction(5, 105)),
        Vat(0x90, 10, "НДС 7/107", Fraction(7, 107)),
        Vat(0xCB, 11, "НДС 22%", Fraction(22, 122)),
        Vat(0xCC, 12, "НДС 22/122", Fraction(22, 122)),
    )
}


@dataclass(slots=True)
class SoldItem:
    """One FF46. Sums in kopecks."""

    name: str
    price: int
    vat: Vat
    method: int
    subject: int
    records: bytes = b""

    @property
    def tax(self) -> int:
        """Half a kopeck and more is a kopeck."""
        return 0 if self.vat.share is None else int(self.price * self.vat.share + Fraction(1, 2))


@dataclass(slots=True)
class OpenReceipt:
    """What 8D, FF46, FF4D, FF0C and 17h have told so far. `kind` is that of 8D."""

    kind: int
    items: list[SoldItem] = field(default_factory=list)
    records: bytes = b""
    deferred: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(item.price for item in self.items)

    @property
    def operation(self) -> int:
        """Tag 1054."""
        return {0: 1, 1: 3, 2: 2, 3: 4}[self.kind]

    @property
    def user_requisite(self) -> tuple[str, str] | None:
        """Tags 1085 and 1086."""
        found = tlv.find(tlv.decode(self.records), 1084)
        if not isinstance(found, tuple):
            return None
        return str(tlv.find(found, 1085)), str(tlv.find(found, 1086))


@dataclass(frozen=True, slots=True)
class Payment:
    """What FF45 says: sums in kopecks, bit of the tax system."""

    cash: int
    electronic: int
    tax_system: int


def document_records(
    receipt: OpenReceipt, payment: Payment, storage: FiscalStorage, registration: Registration
) -> bytes:
    """The requisites of the receipt as the storage keeps them for FF3A; the items come last."""
    head = tlv.encode(
        Record(1018, registration.inn),
        Record(1037, registration.registration_number),
        Record(1041, storage.number),
        Record(1040, storage.last_number + 1),
        Record(1038, storage.shift),
        Record(1042, storage.receipts + 1),
        Record(1036, registration.automat),
        Record(1054, receipt.operation),
        Record(1055, payment.tax_system),
        Record(1020, receipt.total),
        Record(1031, payment.cash),
        Record(1081, payment.electronic),
    )
    return head + receipt.records + b"".join(_item_records(item) for item in receipt.items)


def _item_records(item: SoldItem) -> bytes:
    own = tlv.encode(
        Record(1214, item.method), Record(1212, item.subject), Record(1030, item.name),
        Record(1079, item.price), Record(1199, item.vat.tag), Record(1043, item.price),
    )
    body = own + item.records
    return (1059).to_bytes(2, "little") + len(body).to_bytes(2, "little") + body
