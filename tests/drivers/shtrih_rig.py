"""The Shtrih-M driver and an emulated register on one virtual loop, joined by an in-memory cable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from contracts.faults import FaultCode
from contracts.money import Money
from fiscal.documents import (
    FiscalDocument,
    Item,
    Operation,
    PaymentMethod,
    Receipt,
    StorageMark,
    SubjectKind,
    TaxSystem,
    UserRequisite,
    VatRate,
)
from fiscal.register_port import FiscalError, NotRegistered, OutcomeUnknown
from simulator.fiscal_register.device import FiscalRegisterDevice
from simulator.fiscal_register.storage import DocumentKind, StoredDocument
from simulator.fiscal_register.tape import as_text
from simulator.line_faults import FaultyCable, LineFaults
from terminal.devices.shtrih.commands import Command
from terminal.devices.shtrih.link import LowLevel
from terminal.devices.shtrih.register import ShtrihRegister
from tests.support.byte_pipes import InMemoryCable
from tests.support.virtual_loop import VirtualClock, run_virtually

PASSWORD = 30
Play = Callable[["Rig"], Awaitable[None]]
FIND_TRIES = 30
BETWEEN_TRIES_S = 5.0


def receipt(rubles: int = 1500, account: str = "5001234567", lines: Sequence[str] = ()) -> Receipt:
    """A payment for electricity in cash."""
    item = Item(
        f"Электроэнергия л/с {account}",
        Money.rubles(rubles), VatRate.VAT_22, PaymentMethod.FULL, SubjectKind.SERVICE,
    )
    requisite = UserRequisite("Лицевой счет", account)
    return Receipt(
        Operation.SALE, (item,), TaxSystem.GENERAL,
        cash=Money.rubles(rubles), requisite=requisite, lines_before=tuple(lines),
    )


@dataclass(slots=True)
class Rig:
    """Driver, device and the wires between them."""

    device: FiscalRegisterDevice
    register: ShtrihRegister
    cable: InMemoryCable
    faults: LineFaults
    clock: VirtualClock
    low_level: LowLevel

    @property
    def receipts(self) -> list[StoredDocument]:
        """The truth."""
        return [each for each in self.device.machine.storage.documents if each.kind is DocumentKind.RECEIPT]

    @property
    def paper(self) -> str:
        return as_text(self.device.machine.printer.tape)

    async def restart_driver(self) -> None:
        """The process died: a driver that remembers nothing takes over."""
        await self.register.aclose()
        self.register = driver(self.cable, self.clock, self.low_level)

    def restore_power_after(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self.device.power_on)

    async def sell(self, sold: Receipt | None = None) -> FiscalDocument:
        mark = await self.register.prepare()
        return await self.register.register(sold or receipt(), mark)

    async def settle(
        self, sold: Receipt, mark: StorageMark, since: datetime
    ) -> FiscalDocument | None:
        """Ask until it can be told. Power that is off comes back."""
        for _ in range(FIND_TRIES):
            self.device.power_on()
            try:
                return await self.register.find(sold, mark, since)
            except OutcomeUnknown:
                await asyncio.sleep(BETWEEN_TRIES_S)
        raise AssertionError("the outcome stayed unknown")

    async def sell_through(self, sold: Receipt, mark: StorageMark) -> FiscalDocument | None:
        """Form a receipt as a service would: what is unknown is asked about, what is certain is believed."""
        since = self.clock.now()
        try:
            return await self.register.register(sold, mark)
        except NotRegistered:
            return None
        except OutcomeUnknown:
            return await self.settle(sold, mark, since)


def driver(cable: InMemoryCable, clock: VirtualClock, low_level: LowLevel) -> ShtrihRegister:
    return ShtrihRegister(cable.line, clock, password=PASSWORD, low_level=low_level)


@asynccontextmanager
async def rig(low_level: LowLevel = LowLevel.STANDARD, **device: Any) -> AsyncIterator[Rig]:
    """Everything powered and joined; nothing said yet."""
    clock = VirtualClock()
    cable = InMemoryCable("pipe://fiscal-register")
    faults = LineFaults(1)
    emulated = FiscalRegisterDevice(
        FaultyCable(cable, faults), lambda: clock.now().replace(tzinfo=None), **device
    )
    running = asyncio.create_task(emulated.run())
    made = Rig(emulated, driver(cable, clock, low_level), cable, faults, clock, low_level)
    try:
        yield made
        if running.done():
            running.result()
    finally:
        running.cancel()
        await asyncio.wait([running])


def play(scene: Play, low_level: LowLevel = LowLevel.STANDARD) -> None:
    async def main() -> None:
        async with rig(low_level) as made:
            await scene(made)

    run_virtually(main())


def fault_of(error: pytest.ExceptionInfo[FiscalError]) -> FaultCode:
    return error.value.fault.code


def at_close(made: Rig, arrange: Callable[[], None]) -> None:
    """Do something just before the driver sends the closing command."""
    session = made.register._session
    once = session.once

    async def watched(command: Command) -> bytes:
        if command.name == "close":
            arrange()
        return await once(command)

    session.once = watched  # type: ignore[method-assign]


async def with_rig(scene: Play) -> None:
    async with rig() as made:
        await scene(made)
