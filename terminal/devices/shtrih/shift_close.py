"""Closing a shift: a fiscal document like any other, so its outcome too is read back from the storage."""

from __future__ import annotations

import asyncio

from contracts.faults import ActiveFault, FaultCode
from fiscal.register_port import NotRegistered, OutcomeUnknown, ShiftReport
from terminal.devices.shtrih.answers import SHIFT_CLOSED, StorageStatus
from terminal.devices.shtrih.conversation import NotTaken, Unanswered
from terminal.devices.shtrih.errors import Refused
from terminal.devices.shtrih.read_back import BETWEEN_READINGS_S
from terminal.devices.shtrih.session import Session, Trouble, fault_of
from terminal.devices.shtrih.statuses import Mode, Submode, describe

_MOST_DOCUMENTS = 3


class ShiftClose:
    """Z-report with its document."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def close(self) -> ShiftReport:
        """Raises `NotRegistered` or `OutcomeUnknown`."""
        before = await self._before()
        fault = ActiveFault(FaultCode.REGISTER_FAILURE, "отчёт не появился в ФН")
        try:
            await self._session.once(self._session.requests.z_report())
        except (Refused, NotTaken) as error:
            fault = fault_of(error)
        except Unanswered:
            await asyncio.sleep(BETWEEN_READINGS_S)
        try:
            report = await self._report(before)
            if report is None:
                await asyncio.sleep(BETWEEN_READINGS_S)
                report = await self._report(before)
        except Trouble as error:
            raise OutcomeUnknown(fault_of(error)) from error
        if report is None:
            raise NotRegistered(fault)
        return report

    async def _before(self) -> StorageStatus:
        try:
            status = await self._session.settle_printer()
            if status.mode is Mode.DOCUMENT_OPEN:
                await self._session.abandon_document()
                status = await self._session.settle_printer()
            if status.mode not in (Mode.SHIFT_OPEN, Mode.SHIFT_OVERDUE) or status.submode is not Submode.IDLE:
                detail = describe(status.mode, status.submode)
                raise NotRegistered(ActiveFault(FaultCode.REGISTER_WRONG_MODE, detail))
            return await self._session.storage_status()
        except Trouble as error:
            raise NotRegistered(fault_of(error)) from error

    async def _report(self, before: StorageStatus) -> ShiftReport | None:
        """The report after `before`, if the storage has it."""
        storage = await self._session.storage_status()
        last = min(storage.last_document, before.last_document + _MOST_DOCUMENTS)
        for number in range(before.last_document + 1, last + 1):
            document = await self._session.document(number)
            if document.kind == SHIFT_CLOSED:
                return ShiftReport(document.shift or 0, document.number, document.sign)
        return None
