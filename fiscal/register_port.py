"""Port of a fiscal register (ККТ).

A document exists when the fiscal storage formed it and not before; printing comes after. So `register` has three
outcomes: a document, `NotRegistered` (certain no), `OutcomeUnknown` (ask with `find`). It never repeats by itself a
command that may have formed a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from contracts.faults import ActiveFault
from contracts.money import Money
from fiscal.documents import FiscalDocument, Receipt, StorageMark


class FiscalError(Exception):
    """Something at the register that the law cares about. `fault` names the entry of the fault catalogue."""

    def __init__(self, fault: ActiveFault) -> None:
        super().__init__(f"{fault.code} {fault.code.name}: {fault.detail}")
        self.fault = fault


class NotRegistered(FiscalError):
    """Certain: no document was formed. It may be formed later."""


class OutcomeUnknown(FiscalError):
    """Nobody can say yet whether the document was formed. Ask with `find`; never form it again blindly."""


class ShiftState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    """Open for more than 24 hours: nothing but closing is lawful (54-ФЗ 4.3)."""
    CLOSED = "closed"


class PrintState(StrEnum):
    """What became of the paper of the last document."""

    PRINTED = "printed"
    PRINTING = "printing"
    WAITING_FOR_PAPER = "waiting-for-paper"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Shift:
    """Смена: number, state and number of receipts in it (tags 1038, 1042)."""

    number: int
    state: ShiftState
    receipts: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """How the register gets on with the OFD (оператор фискальных данных)."""

    unsent: int
    """Documents without the operator's ticket."""
    oldest_unsent_at: datetime | None
    """By the register's clock, without zone."""


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """Everything that can be asked without printing, in one value. `faults` holds what is wrong now."""

    model: str
    serial: str
    firmware: str
    storage: str
    """ФН number, or empty when it does not answer."""
    storage_expires: date | None
    shift: Shift | None
    clock: datetime | None
    exchange: Exchange | None
    last_document: int | None
    faults: frozenset[ActiveFault]
    detail: str
    """Mode and submode by name, for technicians."""


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """Result of closing a shift: отчёт о закрытии смены."""

    number: int
    document: int
    sign: int


class FiscalRegister(Protocol):
    """One register with one fiscal storage. One call at a time; callers queue."""

    async def survey(self) -> RegisterReport:
        """Ask for everything, cheaply. Never raises: silence is a fault in the report."""
        ...

    async def prepare(self) -> StorageMark:
        """Make the register ready for a receipt: settle an interrupted print or document, confirm the clock, open
        the shift, close and open one that is overdue. Returns where the storage stands.
        Raises `NotRegistered` with the reason when it cannot be made ready."""
        ...

    async def register(self, receipt: Receipt, after: StorageMark) -> FiscalDocument:
        """Form the receipt as the document after `after`. Raises `NotRegistered` or `OutcomeUnknown`."""
        ...

    async def find(self, receipt: Receipt, after: StorageMark, since: datetime) -> FiscalDocument | None:
        """After an unknown outcome: read back. The document if it was formed; None when it is certain that it was
        not (a half-made one has then been cancelled). Raises `OutcomeUnknown` while it cannot be told.
        `since` is when forming began, by our clock, and bounds the match."""
        ...

    async def finish_printing(self) -> PrintState:
        """Look after the paper of the last document: wait while it prints, continue when paper is back."""
        ...

    async def print_slip(self, lines: Sequence[str], qr: str = "") -> None:
        """Print a non-fiscal slip. Raises `FiscalError` when it cannot be printed."""
        ...

    async def close_shift(self) -> ShiftReport:
        """Z-report. Raises `NotRegistered` or `OutcomeUnknown`."""
        ...

    async def print_x_report(self) -> None:
        """Report without closing. Raises `FiscalError`."""
        ...

    async def cash_in_drawer(self) -> Money:
        """Money register 241. Raises `FiscalError`."""
        ...
