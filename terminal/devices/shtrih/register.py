"""A fiscal register of Shtrih-M behind `fiscal.register_port.FiscalRegister`.

The document comes into being inside FF45 and nowhere else. Whatever fails before it leaves no document; whatever
happens after it was sent is decided by the fiscal storage alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

from contracts.faults import ActiveFault, FaultCode
from contracts.money import Money
from fiscal.documents import FiscalDocument, Receipt, StorageMark
from fiscal.register_port import (
    FiscalError,
    NotRegistered,
    OutcomeUnknown,
    PrintState,
    RegisterReport,
    ShiftReport,
)
from terminal.devices.shtrih import answers
from terminal.devices.shtrih.answers import Closed
from terminal.devices.shtrih.conversation import NotTaken, Unanswered
from terminal.devices.shtrih.errors import Refused
from terminal.devices.shtrih.link import Link, LowLevel
from terminal.devices.shtrih.printing import Paper
from terminal.devices.shtrih.read_back import ReadBack, fiscal_document
from terminal.devices.shtrih.readiness import Readiness
from terminal.devices.shtrih.receipt_commands import opening_commands
from terminal.devices.shtrih.session import Model, Session, Trouble, fault_of
from terminal.devices.shtrih.shift_close import ShiftClose
from terminal.devices.shtrih.survey import Survey
from terminal.ports.clock import Clock
from terminal.ports.line import Line

log = logging.getLogger(__name__)

DRAWER = 241
"""Money register with the cash in the drawer."""


class ShtrihRegister:
    """Implements `fiscal.register_port.FiscalRegister`. Makes no sound on the line before the first call."""

    def __init__(
        self,
        line: Line,
        clock: Clock,
        *,
        password: int,
        model: Model | None = None,
        low_level: LowLevel = LowLevel.STANDARD,
    ) -> None:
        model = model or Model()
        self._clock = clock
        self._turn = asyncio.Lock()
        self._link = Link(line, low_level)
        self._session = Session(self._link, password)
        self._paper = Paper(self._session, model)
        self._readiness = Readiness(self._session, clock, model.flags)
        self._read_back = ReadBack(self._session, clock)
        self._survey = Survey(self._session, clock, model.flags)
        self._shift_close = ShiftClose(self._session)

    async def survey(self) -> RegisterReport:
        async with self._turn:
            return await self._survey.take()

    async def prepare(self) -> StorageMark:
        async with self._turn:
            return await self._readiness.prepare()

    async def register(self, receipt: Receipt, after: StorageMark) -> FiscalDocument:
        async with self._turn:
            since = self._clock.now()
            await self._open_receipt(receipt, after)
            self._paper.document_forgotten()
            return await self._close_receipt(receipt, after, since)

    async def find(self, receipt: Receipt, after: StorageMark, since: datetime) -> FiscalDocument | None:
        async with self._turn:
            return await self._read_back.find(receipt, after, since)

    async def finish_printing(self) -> PrintState:
        async with self._turn:
            return await self._paper.finish()

    async def print_slip(self, lines: Sequence[str], qr: str = "") -> None:
        async with self._turn:
            await self._readiness.confirm_date()
            await self._paper.slip(lines, qr)

    async def close_shift(self) -> ShiftReport:
        async with self._turn:
            await self._readiness.confirm_date()
            return await self._shift_close.close()

    async def print_x_report(self) -> None:
        async with self._turn:
            await self._readiness.confirm_date()
            try:
                await self._session.do(self._session.requests.x_report())
                await self._session.settle_printer()
            except Trouble as error:
                raise FiscalError(fault_of(error)) from error

    async def cash_in_drawer(self) -> Money:
        async with self._turn:
            try:
                return answers.money_register(await self._session.once(self._session.requests.money_register(DRAWER)))
            except Trouble as error:
                raise FiscalError(fault_of(error)) from error

    async def aclose(self) -> None:
        """Let the line go; the next call opens it again."""
        async with self._turn:
            await self._link.close()

    async def _open_receipt(self, receipt: Receipt, after: StorageMark) -> None:
        """Everything before the form command. Its failure is certain: nothing of it outlives a cancellation."""
        session = self._session
        try:
            commands = opening_commands(receipt, session.requests, session.storage)
        except ValueError as error:
            raise NotRegistered(ActiveFault(FaultCode.REGISTER_FAILURE, f"чек не составить: {error}")) from error
        try:
            await self._check_mark(after)
            for command in commands:
                await session.do(command)
        except Trouble as error:
            await self._cancel_quietly()
            raise NotRegistered(fault_of(error)) from error

    async def _check_mark(self, after: StorageMark) -> None:
        storage = await self._session.storage_status()
        if storage.storage != after.storage:
            detail = f"ожидался {after.storage}, установлен {storage.storage}"
            raise NotRegistered(ActiveFault(FaultCode.REGISTER_REPLACED, detail))
        if storage.last_document != after.last_document:
            detail = f"ожидался ФД {after.last_document}, последний {storage.last_document}"
            raise NotRegistered(ActiveFault(FaultCode.REGISTER_FAILURE, detail))

    async def _cancel_quietly(self) -> None:
        """A receipt that stays open is cancelled by the next `prepare` or `find`; this only saves them the work."""
        try:
            await self._session.do(self._session.requests.cancel())
        except Trouble as error:
            log.info("shtrih_cancel_failed reason=%s", error)

    async def _close_receipt(self, receipt: Receipt, after: StorageMark, since: datetime) -> FiscalDocument:
        try:
            closed = Closed.parse(await self._session.once(self._session.storage.close(receipt)))
            # Printing begins now: while the answer is being confirmed the register may restart and forget it.
            self._paper.document_started()
            return await self._confirmed(closed, receipt, after)
        except Refused as refused:
            log.warning("shtrih_close_refused code=%02X", refused.code)
            return await self._settled(receipt, after, since, refused.fault)
        except NotTaken as error:
            return await self._settled(receipt, after, since, fault_of(error))
        except Unanswered as error:
            raise OutcomeUnknown(ActiveFault(FaultCode.RECEIPT_UNKNOWN, str(error))) from error
        except answers.BadAnswer as error:
            raise OutcomeUnknown(fault_of(error)) from error
        except _NoGrowth as error:
            return await self._settled(receipt, after, since, ActiveFault(FaultCode.REGISTER_FAILURE, str(error)))

    async def _confirmed(self, closed: Closed, receipt: Receipt, after: StorageMark) -> FiscalDocument:
        """A success is one only when the storage shows the document: field units have answered 0 without forming."""
        storage = await self._session.storage_status()
        if storage.storage != after.storage or not after.last_document < closed.number <= storage.last_document:
            raise _NoGrowth(f"ответ об успехе с ФД {closed.number}, в ФН последний {storage.last_document}")
        stored = await self._session.document(closed.number)
        if stored.sign != closed.sign or stored.total != receipt.total:
            raise _NoGrowth(f"ФД {closed.number} в ФН не наш")
        return fiscal_document(storage.storage, stored, receipt)

    async def _settled(
        self, receipt: Receipt, after: StorageMark, since: datetime, fault: ActiveFault
    ) -> FiscalDocument:
        """The close command failed, says the register; the storage decides."""
        document = await self._read_back.find(receipt, after, since)
        if document is None:
            raise NotRegistered(fault)
        return document


class _NoGrowth(Exception):
    """The register reports a document that the storage does not have."""
