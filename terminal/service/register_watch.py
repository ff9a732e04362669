"""Looks after the fiscal register between receipts: condition, identity, and the shift at the end of the day."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, time

from contracts.faults import FaultCode, Stops
from fiscal.register_port import FiscalError, FiscalRegister, RegisterReport, ShiftState
from terminal.payments.facts import DeviceSeen, ShiftClosed
from terminal.ports.clock import Clock
from terminal.ports.device import DeviceReport, DeviceState, Identity
from terminal.service.health import REGISTER, Health
from terminal.service.payment_book import PaymentBook
from terminal.service.receipt_desk import ReceiptDesk

log = logging.getLogger(__name__)

SURVEY_S = 3.0
"""Pause between two looks at the register."""


class RegisterWatch:
    """Surveys the register while no receipt is being formed; closes the shift after the cut-off when nobody waits."""

    def __init__(
        self, register: FiscalRegister, desk: ReceiptDesk, book: PaymentBook, health: Health, clock: Clock,
        shift_ends: time,
    ) -> None:
        self._register = register
        self._desk = desk
        self._book = book
        self._health = health
        self._clock = clock
        self._shift_ends = shift_ends
        self._closed_on: date | None = None
        self.last: RegisterReport | None = None
        self.looked_at = 0.0
        """When `last` came, by the monotonic clock."""
        self.surveys = 0

    async def run(self) -> None:
        """Watch for ever."""
        while True:
            if not self._desk.busy:
                await self.look()
                await self._close_shift_in_time()
            await asyncio.sleep(SURVEY_S)

    async def look(self) -> RegisterReport:
        """Survey once and tell the status store."""
        report = await self._register.survey()
        self.surveys += 1
        self.last, self.looked_at = report, self._clock.monotonic()
        self._health.report(_device_report(report))
        if report.serial and report.storage:
            self._health.device_seen(DeviceSeen(REGISTER, report.model, report.serial, report.storage))
        if report.faults == frozenset():
            self._desk.wake()
        return report

    async def _close_shift_in_time(self) -> None:
        """Once a day, after its end, and at once when it is older than a day: a terminal that was switched off over
        the end would take no payments until the next one. Never while a payment waits for its receipt."""
        now = self._clock.now()
        report = self.last
        if report is None or report.shift is None or self._desk.has_work():
            return
        if report.shift.state is not ShiftState.OVERDUE:
            if now.time() < self._shift_ends or self._closed_on == now.date():
                return
            self._closed_on = now.date()
            if report.shift.state is ShiftState.CLOSED:
                return
        try:
            closed = await self._register.close_shift()
        except FiscalError as error:
            log.warning("shift_not_closed fault=%s", error)
            return
        self._book.record(ShiftClosed(closed.number, closed.document, closed.sign, self._book.stamp()))


def _device_report(report: RegisterReport) -> DeviceReport:
    codes = {fault.code for fault in report.faults}
    if FaultCode.REGISTER_SILENT in codes:
        state = DeviceState.OFFLINE
    elif any(fault.entry.stops is not Stops.NOTHING for fault in report.faults):
        state = DeviceState.FAULTY
    else:
        state = DeviceState.READY
    identity = Identity(report.model, report.serial, report.firmware) if report.serial else None
    return DeviceReport(REGISTER, state, identity, report.faults, report.detail)
