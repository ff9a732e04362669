"""A whole emulated register on a cable: power, machine, printer and interface."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from simulator.cable import PowerCut
from simulator.fiscal_register import printer_commands, setup_commands, storage_commands, storage_file
from simulator.fiscal_register.interface import Interface
from simulator.fiscal_register.machine import Machine
from simulator.fiscal_register.register_clock import RegisterClock
from simulator.fiscal_register.registration import Registration
from simulator.fiscal_register.storage import FiscalStorage
from simulator.line_faults import FaultyCable

START_S = 1.6
"""From the power to the first answer, whatever the speed of its parts. No manual gives a figure; this one starts
quickly."""


class FiscalRegisterDevice:
    """`run` plays it until cancelled. `world` tells local time without zone."""

    def __init__(
        self,
        cable: FaultyCable,
        world: Callable[[], datetime],
        *,
        registration: Registration | None = None,
        state: Path | None = None,
        seed: int = 0,
        speed: float = 1.0,
    ) -> None:
        registration = registration or Registration()
        clock = RegisterClock(world)
        saved = storage_file.load(state) if state else None
        storage = saved or FiscalStorage.registered(registration.storage, clock.now(), seed)
        handlers = printer_commands.HANDLERS | setup_commands.HANDLERS | storage_commands.HANDLERS
        self.machine = Machine(storage, registration, clock, handlers)
        self.machine.printer.slow = 1.0 / speed
        self.machine.changed = self.save
        self.cable = cable
        self.power_cuts = 0
        self._state = state
        self._speed = speed
        self._powered = asyncio.Event()
        self._powered.set()
        self._life: asyncio.Task[None] | None = None

    @property
    def powered(self) -> bool:
        return self._powered.is_set()

    def save(self) -> None:
        """Write the storage to its file, if it has one."""
        if self._state is not None:
            storage_file.save(self.machine.storage, self._state)

    def cut_power(self) -> None:
        self._powered.clear()
        if self._life is not None:
            self._life.cancel()

    def power_on(self) -> None:
        self._powered.set()

    async def run(self) -> None:
        """Live, die with every power cut, and live again with `power_on`."""
        while True:
            if self._powered.is_set():
                self._life = asyncio.create_task(self._live())
                try:
                    await self._wait_for_death(self._life)
                finally:
                    self._life.cancel()
            self.machine.lose_power()
            self.power_cuts += 1
            await self._wait_for_power()

    async def _wait_for_death(self, life: asyncio.Task[None]) -> None:
        await asyncio.wait([life])
        if not life.cancelled():
            life.result()
        self._powered.clear()

    async def _live(self) -> None:
        """Ends when the power goes by a fault of the line or by a trap."""
        interface = Interface(self.machine, self.cable, self._speed)
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(interface.serve())
                parts.create_task(self.machine.printer.run())
        except* PowerCut:
            pass  # the end of this life; the next begins with power

    async def _wait_for_power(self) -> None:
        """Without power, and until it has started, bytes from the host fall on the floor."""
        waiting = asyncio.create_task(self._swallow())
        try:
            await self._powered.wait()
            await asyncio.sleep(START_S)
        finally:
            waiting.cancel()

    async def _swallow(self) -> None:
        while True:
            try:
                await self.cable.read()
            except PowerCut:
                continue
