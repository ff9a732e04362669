"""Asking a register for everything that can be asked without printing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from contracts.faults import ActiveFault, FaultCode
from fiscal import ofd_exchange
from fiscal.register_port import Exchange, RegisterReport, Shift, ShiftState
from terminal.devices.shtrih import answers
from terminal.devices.shtrih.answers import LongStatus, ShiftStatus, StorageStatus
from terminal.devices.shtrih.commands import device_type
from terminal.devices.shtrih.readiness import MOST_CLOCK_DRIFT
from terminal.devices.shtrih.session import Session, Trouble, fault_of
from terminal.devices.shtrih.statuses import FlagModel, Mode, describe, faults_of, read_flags
from terminal.ports.clock import Clock

EXPIRES_SOON = timedelta(days=30)
_WARNS_MEMORY = 0x04
_WARNS_CRITICAL = 0x80


class Survey:
    """Never raises: what cannot be asked is empty in the report and a fault beside it."""

    def __init__(self, session: Session, clock: Clock, flags: FlagModel) -> None:
        self._session = session
        self._clock = clock
        self._flags = flags
        self._name = ""

    async def take(self) -> RegisterReport:
        try:
            await self._session.stop_output()
            status = await self._session.long_status()
            if not self._name:
                self._name = answers.device_name(await self._session.once(device_type()))
        except Trouble as error:
            return _silent(fault_of(error), self._name)
        faults = set(faults_of(status.mode, status.submode, read_flags(status.flags, self._flags)))
        faults |= self._clock_faults(status)
        if self._session.link.noisy:
            faults.add(ActiveFault(FaultCode.REGISTER_LINE_NOISE))
        try:
            return await self._with_storage(status, faults)
        except Trouble as error:
            faults.add(_of_storage(fault_of(error)))
            return self._report(status, faults)

    async def _with_storage(self, status: LongStatus, faults: set[ActiveFault]) -> RegisterReport:
        session = self._session
        storage = await session.storage_status()
        expires = answers.expiry_date(await session.once(session.storage.expiry()))
        waiting = answers.ExchangeStatus.parse(await session.once(session.storage.exchange_status()))
        shift = ShiftStatus.parse(await session.once(session.storage.shift_state()))
        exchange = Exchange(waiting.unsent, waiting.first_at if waiting.unsent else None)
        clock = status.clock or self._now()
        faults |= _storage_faults(storage, expires, clock)
        late = ofd_exchange.standing(exchange, clock).fault()
        if late is not None:
            faults.add(late)
        return self._report(status, faults, storage, expires, exchange, shift)

    def _report(
        self,
        status: LongStatus,
        faults: set[ActiveFault],
        storage: StorageStatus | None = None,
        expires: date | None = None,
        exchange: Exchange | None = None,
        shift: ShiftStatus | None = None,
    ) -> RegisterReport:
        return RegisterReport(
            model=self._name,
            serial=status.serial,
            firmware=status.firmware,
            storage=storage.storage if storage else "",
            storage_expires=expires,
            shift=Shift(shift.number, _shift_state(shift, status.mode), shift.receipts) if shift else None,
            clock=status.clock,
            exchange=exchange,
            last_document=storage.last_document if storage else None,
            faults=frozenset(faults),
            detail=describe(status.mode, status.submode),
        )

    def _clock_faults(self, status: LongStatus) -> set[ActiveFault]:
        if status.clock is None:
            return {ActiveFault(FaultCode.REGISTER_CLOCK, "часы показывают не время")}
        drift = status.clock - self._now()
        if abs(drift) <= MOST_CLOCK_DRIFT:
            return set()
        return {ActiveFault(FaultCode.REGISTER_CLOCK, f"расхождение, секунд: {drift.total_seconds():.0f}")}

    def _now(self) -> datetime:
        return self._clock.now().replace(tzinfo=None)


def _silent(fault: ActiveFault, name: str) -> RegisterReport:
    return RegisterReport(name, "", "", "", None, None, None, None, None, frozenset({fault}), fault.detail)


def _of_storage(fault: ActiveFault) -> ActiveFault:
    """A register that answers while its storage does not is not silent."""
    if fault.code is FaultCode.REGISTER_SILENT:
        return ActiveFault(FaultCode.STORAGE_FAILURE, fault.detail)
    return fault


def _storage_faults(storage: StorageStatus, expires: date | None, clock: datetime) -> set[ActiveFault]:
    faults: set[ActiveFault] = set()
    if storage.phase != StorageStatus.WORKING or storage.warnings & _WARNS_CRITICAL:
        detail = f"фаза {storage.phase:02X}, предупреждения {storage.warnings:02X}"
        faults.add(ActiveFault(FaultCode.STORAGE_FAILURE, detail))
    if storage.warnings & _WARNS_MEMORY:
        faults.add(ActiveFault(FaultCode.STORAGE_EXPIRES_SOON, "память заполнена на 90 %"))
    if expires is not None and clock.date() > expires:
        faults.add(ActiveFault(FaultCode.STORAGE_EXPIRED, f"{expires:%d.%m.%Y}"))
    elif expires is not None and clock.date() + EXPIRES_SOON >= expires:
        faults.add(ActiveFault(FaultCode.STORAGE_EXPIRES_SOON, f"{expires:%d.%m.%Y}"))
    return faults


def _shift_state(shift: ShiftStatus, mode: Mode) -> ShiftState:
    if not shift.is_open:
        return ShiftState.CLOSED
    return ShiftState.OVERDUE if mode is Mode.SHIFT_OVERDUE else ShiftState.OPEN
