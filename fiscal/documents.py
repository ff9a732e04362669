"""A receipt before it is registered and a fiscal document after.

Field names are English; the tag of FFD 1.2 stands beside each.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import IntEnum

from contracts.money import ZERO, Money, total


class Operation(IntEnum):
    """Признак расчёта, tag 1054."""

    SALE = 1
    SALE_RETURN = 2
    BUY = 3
    BUY_RETURN = 4


class TaxSystem(IntEnum):
    """Применяемая система налогообложения, bit of tag 1055."""

    GENERAL = 0x01
    SIMPLIFIED_INCOME = 0x02
    SIMPLIFIED_INCOME_LESS_EXPENSE = 0x04
    AGRICULTURAL = 0x10
    PATENT = 0x20


class VatRate(IntEnum):
    """Ставка НДС, value of tag 1199."""

    VAT_20 = 1
    VAT_10 = 2
    VAT_20_120 = 3
    VAT_10_110 = 4
    VAT_0 = 5
    NONE = 6
    VAT_5 = 7
    VAT_7 = 8
    VAT_5_105 = 9
    VAT_7_107 = 10
    VAT_22 = 11
    VAT_22_122 = 12


class PaymentMethod(IntEnum):
    """Признак способа расчёта, tag 1214."""

    FULL_PREPAYMENT = 1
    PREPAYMENT = 2
    ADVANCE = 3
    FULL = 4
    PART_AND_CREDIT = 5
    CREDIT = 6
    CREDIT_PAYMENT = 7


class SubjectKind(IntEnum):
    """Признак предмета расчёта, tag 1212."""

    GOODS = 1
    WORK = 3
    SERVICE = 4
    PAYMENT = 10
    AGENT_FEE = 11


class AgentKind(IntEnum):
    """Признак агента, bit of tags 1057 and 1222."""

    BANK_AGENT = 0x01
    BANK_SUBAGENT = 0x02
    PAYMENT_AGENT = 0x04
    PAYMENT_SUBAGENT = 0x08


UNIT_PIECE = 0
UNIT_KWH = 50
"""Мера количества предмета расчёта, tag 2108."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who receives the money when the owner of the terminal is not the supplier (103-ФЗ)."""

    kind: AgentKind
    agent_phone: str
    """Tag 1073."""
    operator_phone: str
    """Tag 1074."""
    supplier_phone: str
    """Tag 1171."""
    supplier_name: str
    """Tag 1225."""
    supplier_inn: str
    """ИНН поставщика, tag 1226."""


@dataclass(frozen=True, slots=True)
class Item:
    """Предмет расчёта, tag 1059: quantity is always one, the price is the sum."""

    name: str
    """Tag 1030, up to 128 characters."""
    price: Money
    """Tags 1079 and 1043."""
    vat: VatRate
    method: PaymentMethod
    subject: SubjectKind
    unit: int = UNIT_PIECE


@dataclass(frozen=True, slots=True)
class UserRequisite:
    """Дополнительный реквизит пользователя, tag 1084: the lawful place for account data."""

    name: str
    """Tag 1085, up to 64 characters."""
    value: str
    """Tag 1086, up to 256 characters."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Кассовый чек to be registered by an unattended device: no cashier (tags 1021, 1203 absent).

    Raises `ValueError` when the sums do not meet: Σ items = cash + electronic + advance.
    """

    operation: Operation
    items: tuple[Item, ...]
    tax_system: TaxSystem
    cash: Money = ZERO
    """Tag 1031."""
    electronic: Money = ZERO
    """Tag 1081."""
    requisite: UserRequisite | None = None
    agent: Agent | None = None
    lines_before: tuple[str, ...] = ()
    """Non-fiscal text printed above the document."""
    lines_after: tuple[str, ...] = ()
    """Non-fiscal text printed below the items."""

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("a receipt without items")
        if self.total != self.cash + self.electronic:
            raise ValueError(f"items make {self.total}, payments {self.cash + self.electronic}")

    @property
    def total(self) -> Money:
        """Tag 1020."""
        return total([item.price for item in self.items])

    def digest(self) -> str:
        """SHA-256 of everything that is fiscal, hexadecimal: tells whether two receipts are the same document."""
        body = asdict(self)
        body.pop("lines_before")
        body.pop("lines_after")
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StorageMark:
    """Where the fiscal storage stands: its number (ФН, tag 1041) and that of its last document (ФД, tag 1040)."""

    storage: str
    last_document: int


@dataclass(frozen=True, slots=True)
class FiscalDocument:
    """Зарегистрированный фискальный документ: exists in the fiscal storage, whether printed or not."""

    storage: str
    """ФН, tag 1041, 16 digits."""
    number: int
    """ФД, tag 1040."""
    sign: int
    """ФП, tag 1077, the printed number."""
    at: datetime
    """Tag 1012 by the register's clock, local time without zone, minutes."""
    operation: Operation
    total: Money

    def qr_text(self) -> str:
        """The string of the QR code that the tax service's application reads (tag 1196), Приложение 2 to the FFD
        order: no zero padding; the sum with a point."""
        return (
            f"t={self.at:%Y%m%dT%H%M}&s={self.total.decimal()}&fn={self.storage}"
            f"&i={self.number}&fp={self.sign}&n={int(self.operation)}"
        )
