"""Whether a receipt was formed: read back from the fiscal storage, whatever the register said or printed.

A receipt exists exactly when the last document number of the storage grew and a document after it is ours. It does not
exist when the number stands still with nothing open or half-made, twice, two seconds apart. Everything else is unknown.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from contracts.faults import ActiveFault, FaultCode
from fiscal import tlv
from fiscal.documents import FiscalDocument, Operation, Receipt, StorageMark
from fiscal.register_port import OutcomeUnknown
from terminal.devices.shtrih.answers import RECEIPT, StorageStatus, StoredDocument
from terminal.devices.shtrih.errors import NO_SUCH_DOCUMENT, Refused
from terminal.devices.shtrih.session import ClockWouldGoBack, Session, Trouble, fault_of
from terminal.devices.shtrih.statuses import Mode, Submode, describe
from terminal.ports.clock import Clock

log = logging.getLogger(__name__)

BETWEEN_READINGS_S = 2.0
ROUNDS = 6
MAX_DOCUMENTS = 50
"""Between a receipt and the question for it lie at most its own shift reports; more is another host's work."""
MAX_BLOCKS = 64
CLOCK_TOLERANCE = timedelta(minutes=6)
"""Five minutes that the law leaves the register's clock, and one for the seconds that documents do not have."""


class ReadBack:
    """Answers with the document, None when it is certain that there is none, or `OutcomeUnknown`."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def find(self, receipt: Receipt, after: StorageMark, since: datetime) -> FiscalDocument | None:
        """`since` is zone-aware or local without zone; see `fiscal.register_port.FiscalRegister.find`."""
        try:
            return await self._find(receipt, after, since.replace(tzinfo=None))
        except Trouble as error:
            raise OutcomeUnknown(fault_of(error)) from error
        except ClockWouldGoBack as error:
            raise OutcomeUnknown(ActiveFault(FaultCode.REGISTER_CLOCK, str(error))) from error

    async def _find(self, receipt: Receipt, after: StorageMark, since: datetime) -> FiscalDocument | None:
        await self._session.stop_output()
        searched = after.last_document
        still = 0
        for _ in range(ROUNDS):
            storage = await self._storage(after)
            if storage.last_document > searched:
                document = await self._search(receipt, after.storage, searched, storage.last_document, since)
                if document is not None:
                    return document
                searched, still = storage.last_document, 0
            still = still + 1 if await self._at_rest(storage) else 0
            if still == 2:
                return None
            await asyncio.sleep(BETWEEN_READINGS_S)
        raise OutcomeUnknown(ActiveFault(FaultCode.RECEIPT_UNKNOWN, "состояние регистратора не устанавливается"))

    async def _storage(self, after: StorageMark) -> StorageStatus:
        storage = await self._session.storage_status()
        if storage.storage != after.storage:
            detail = f"ожидался {after.storage}, установлен {storage.storage}"
            raise OutcomeUnknown(ActiveFault(FaultCode.REGISTER_REPLACED, detail))
        if storage.last_document < after.last_document:
            detail = f"номер ФД {storage.last_document} меньше прежнего {after.last_document}"
            raise OutcomeUnknown(ActiveFault(FaultCode.STORAGE_FAILURE, detail))
        return storage

    async def _at_rest(self, storage: StorageStatus) -> bool:
        """Whether nothing is open, half-made or being printed; sees to it that next time nothing is."""
        status = await self._session.settle_printer()
        if status.submode in (Submode.PAPER_OUT, Submode.PAPER_OUT_PRINTING):
            raise OutcomeUnknown(ActiveFault(FaultCode.REGISTER_PAPER_OUT, describe(status.mode, status.submode)))
        match status.mode:
            case Mode.CONFIRM_DATE:
                now = self._clock.now().replace(tzinfo=None)
                await self._session.confirm_clock(now, storage.last_at)
                return False
            case Mode.DATA_OUTPUT:
                await self._session.stop_output()
                return False
            case Mode.DOCUMENT_OPEN:
                await self._cancel()
                return False
            case Mode.SHIFT_OPEN | Mode.SHIFT_OVERDUE | Mode.SHIFT_CLOSED | Mode.WORK:
                pass
            case _:
                detail = describe(status.mode, status.submode)
                raise OutcomeUnknown(ActiveFault(FaultCode.REGISTER_WRONG_MODE, detail))
        if storage.current_document:
            await self._session.do(self._session.storage.cancel_document())
            return False
        return status.submode is Submode.IDLE

    async def _cancel(self) -> None:
        """Cancel a receipt that was never closed. A refusal shows in the next status."""
        try:
            await self._session.abandon_document()
        except Refused as refused:
            log.info("shtrih_cancel_refused code=%02X", refused.code)

    async def _search(
        self, receipt: Receipt, storage: str, searched: int, last: int, since: datetime
    ) -> FiscalDocument | None:
        if last - searched > MAX_DOCUMENTS:
            detail = f"после нашего чека документов: {last - searched}"
            raise OutcomeUnknown(ActiveFault(FaultCode.RECEIPT_UNKNOWN, detail))
        for number in range(searched + 1, last + 1):
            document = await self._session.document(number)
            if not _same_sum(document, receipt):
                continue
            if document.at < since - CLOCK_TOLERANCE or await self._other_account(document, receipt):
                detail = f"ФД {number} похож на наш чек, но не совпадает"
                raise OutcomeUnknown(ActiveFault(FaultCode.RECEIPT_UNKNOWN, detail))
            return fiscal_document(storage, document, receipt)
        return None

    async def _other_account(self, document: StoredDocument, receipt: Receipt) -> bool:
        """Whether the document is known to carry another additional requisite than ours."""
        if receipt.requisite is None:
            return False
        records = await self._records(document.number)
        requisite = tlv.find(records, 1084) if records else None
        return isinstance(requisite, tuple) and tlv.find(requisite, 1086) != receipt.requisite.value

    async def _records(self, number: int) -> tuple[tlv.Record, ...] | None:
        """The whole document by blocks; None when the register cannot give it or gives what is not records."""
        session = self._session
        data = b""
        try:
            await session.once(session.storage.read_document(number))
            for _ in range(MAX_BLOCKS):
                data += await session.once(session.storage.read_block())
            await session.once(session.requests.abort_output())
        except Refused as refused:
            if refused.code != NO_SUCH_DOCUMENT:
                return None
        try:
            return tlv.decode(data) or None
        except tlv.TlvError as error:
            log.info("shtrih_document_unread number=%d reason=%s", number, error)
            return None


def fiscal_document(storage: str, document: StoredDocument, receipt: Receipt) -> FiscalDocument:
    """The stored document as the product's own value."""
    return FiscalDocument(
        storage=storage,
        number=document.number,
        sign=document.sign,
        at=document.at,
        operation=Operation(receipt.operation),
        total=receipt.total,
    )


def _same_sum(document: StoredDocument, receipt: Receipt) -> bool:
    return (
        document.kind == RECEIPT
        and document.operation == receipt.operation
        and document.total == receipt.total
    )
