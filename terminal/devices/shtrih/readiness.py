"""Making a register ready for a receipt: whatever it was left in, one step after another, reading back after each.

Steps that form a document (opening and closing a shift) are taken again only after the mode has shown that they did
not happen.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from contracts.faults import ActiveFault, FaultCode
from fiscal import ofd_exchange
from fiscal.documents import StorageMark
from fiscal.register_port import Exchange, NotRegistered
from terminal.devices.shtrih import answers
from terminal.devices.shtrih.answers import ShortStatus, StorageStatus
from terminal.devices.shtrih.commands import Command
from terminal.devices.shtrih.conversation import Unanswered
from terminal.devices.shtrih.errors import AWAITS_CONTINUE, STILL_PRINTING, Refused
from terminal.devices.shtrih.session import MOST_CLOCK_CORRECTION, POLL_S, ClockWouldGoBack, Session, Trouble, fault_of
from terminal.devices.shtrih.statuses import FlagModel, Mode, Submode, describe, faults_of, read_flags
from terminal.ports.clock import Clock

MAX_STEPS = 16
MOST_CLOCK_DRIFT = timedelta(minutes=4)
"""The law allows five."""
_BLOCKING = frozenset(
    {FaultCode.REGISTER_PAPER_OUT, FaultCode.REGISTER_COVER_OPEN, FaultCode.REGISTER_WRONG_MODE}
)


class Readiness:
    """Brings the register to an open shift, a right clock, a printer at rest and no document under way."""

    def __init__(self, session: Session, clock: Clock, flags: FlagModel) -> None:
        self._session = session
        self._clock = clock
        self._flags = flags

    async def prepare(self) -> StorageMark:
        """Where the storage stands once it is ready. Raises `NotRegistered` with the reason when it cannot be."""
        try:
            for _ in range(MAX_STEPS):
                mark = await self._step()
                if mark is not None:
                    return mark
        except Trouble as error:
            raise NotRegistered(fault_of(error)) from error
        except ClockWouldGoBack as error:
            raise NotRegistered(ActiveFault(FaultCode.REGISTER_CLOCK, str(error))) from error
        raise NotRegistered(ActiveFault(FaultCode.REGISTER_WRONG_MODE, "готовность не достигнута"))

    async def confirm_date(self) -> None:
        """Give the date to a register that waits for it after a power cut: until then it neither prints nor closes a
        shift. Raises `NotRegistered` when that cannot be."""
        try:
            if (await self._session.short_status()).mode is Mode.CONFIRM_DATE:
                storage = await self._session.storage_status()
                await self._session.confirm_clock(self._now(), storage.last_at)
        except Trouble as error:
            raise NotRegistered(fault_of(error)) from error
        except ClockWouldGoBack as error:
            raise NotRegistered(ActiveFault(FaultCode.REGISTER_CLOCK, str(error))) from error

    async def _step(self) -> StorageMark | None:
        """One step towards readiness; the mark when there is none left to take."""
        status = await self._session.settle_printer()
        self._refuse_unfit(status)
        if status.mode is Mode.DATA_OUTPUT:
            await self._session.stop_output()
            return None
        storage = await self._session.storage_status()
        if storage.phase != StorageStatus.WORKING:
            raise NotRegistered(ActiveFault(FaultCode.STORAGE_FAILURE, f"фаза ФН {storage.phase:02X}"))
        if await self._put_right(status.mode, storage):
            return None
        await self._refuse_blocked()
        return StorageMark(storage.storage, storage.last_document)

    async def _put_right(self, mode: Mode, storage: StorageStatus) -> bool:
        """Take the step that this mode asks for; False when nothing is left to do."""
        requests = self._session.requests
        match mode:
            case Mode.CONFIRM_DATE:
                await self._session.confirm_clock(self._now(), storage.last_at)
            case Mode.DOCUMENT_OPEN:
                await self._session.abandon_document()
            case _ if storage.current_document:
                await self._session.do(self._session.storage.cancel_document())
            case Mode.SHIFT_OVERDUE:
                await self._form(requests.z_report())
            case Mode.SHIFT_CLOSED | Mode.WORK:
                if await self._clock_is_off():
                    await self._session.confirm_clock(self._now(), storage.last_at)
                await self._form(requests.open_shift())
            case _:
                if not await self._clock_is_off():
                    return False
                # The register takes another time only between shifts.
                await self._form(requests.z_report())
        return True

    async def _form(self, command: Command) -> None:
        """Open or close the shift. After silence the mode shows what became of it; nothing is sent twice blindly."""
        try:
            await self._session.once(command)
        except Unanswered:
            await asyncio.sleep(POLL_S)
        except Refused as refused:
            if refused.code not in (STILL_PRINTING, AWAITS_CONTINUE):
                raise
            await asyncio.sleep(POLL_S)

    def _refuse_unfit(self, status: ShortStatus) -> None:
        faults = faults_of(status.mode, status.submode, read_flags(status.flags, self._flags))
        for fault in faults:
            if fault.code in _BLOCKING:
                raise NotRegistered(fault)
        if status.submode is not Submode.IDLE:
            detail = describe(status.mode, status.submode)
            raise NotRegistered(ActiveFault(FaultCode.REGISTER_PRINTER_FAULT, detail))

    async def _refuse_blocked(self) -> None:
        """The storage itself would refuse, but only at the end of a receipt."""
        session = self._session
        exchange = answers.ExchangeStatus.parse(await session.once(session.storage.exchange_status()))
        expires = answers.expiry_date(await session.once(session.storage.expiry()))
        now = (await session.long_status()).clock or self._now()
        if expires is not None and now.date() > expires:
            raise NotRegistered(ActiveFault(FaultCode.STORAGE_EXPIRED, f"{expires:%d.%m.%Y}"))
        judged = ofd_exchange.standing(Exchange(exchange.unsent, exchange.first_at), now)
        fault = judged.fault()
        if fault is not None and judged.standing is ofd_exchange.Standing.BLOCKED:
            raise NotRegistered(fault)

    async def _clock_is_off(self) -> bool:
        shown = (await self._session.long_status()).clock
        if shown is None:
            return True
        drift = abs(shown - self._now())
        if drift > MOST_CLOCK_CORRECTION:
            detail = f"часы регистратора и терминала расходятся, минут: {drift.total_seconds() / 60:.0f}"
            raise NotRegistered(ActiveFault(FaultCode.REGISTER_CLOCK, detail))
        return drift > MOST_CLOCK_DRIFT

    def _now(self) -> datetime:
        return self._clock.now().replace(tzinfo=None)
