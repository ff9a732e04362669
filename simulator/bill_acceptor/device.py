"""The emulated acceptor as a whole: power, cable, protocol and what survives a power cut."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from simulator.bill_acceptor.ccnet_firmware import CcnetFirmware, Flash
from simulator.bill_acceptor.ccnet_interface import SERIAL, CcnetInterface
from simulator.bill_acceptor.mechanism import Mechanism, Places
from simulator.bill_acceptor.modes import Modes
from simulator.cable import PowerCut
from simulator.line_faults import FaultyCable
from terminal.devices.ccnet.wire import FrameReader, encode_frame

ANSWER_AFTER_S = 0.003
"""The manual allows 10 ms."""
FRAME_IS_DEAD_S = 0.05
"""A request that stops for so long in the middle is forgotten."""


class SimulatedBillAcceptor:
    """One validator on one cable. `run` serves until cancelled; the power is on from the start."""

    def __init__(
        self, cable: FaultyCable, *, speed: float = 1.0, state_file: Path | None = None, serial: str = SERIAL
    ) -> None:
        self.modes = Modes()
        self._cable = cable
        self._state_file = state_file
        self._saved = ""
        places, flash = _load(state_file)
        self.places = places
        self.mechanism = Mechanism(places, speed=speed, changed=self._save)
        self.firmware = CcnetFirmware(self.mechanism, self.modes, flash, speed=speed)
        self._interface = CcnetInterface(self.firmware, serial)
        self._reader = FrameReader(before_length=1)
        self.power_cuts = 0

    async def run(self) -> None:
        self.firmware.power_on()
        heard_at = 0.0
        while True:
            try:
                data = await self._cable.read()
                now = asyncio.get_running_loop().time()
                if now - heard_at > FRAME_IS_DEAD_S:
                    self._reader.reset()
                heard_at = now
                await self._hear(data)
            except PowerCut:
                self.cut_power()

    async def _hear(self, data: bytes) -> None:
        if not self._has_power():
            self._reader.reset()
            return
        if self.modes.echo:
            await self._cable.write(data)
        for request in self._reader.feed(data):
            answer = self._interface.answer(request)
            self._save()
            if answer is None:
                continue
            await asyncio.sleep(ANSWER_AFTER_S)
            if not self._has_power():
                return
            await self._cable.write(encode_frame(answer))
            self._interface.answered()
            self._save()

    def _has_power(self) -> bool:
        return self.firmware.is_powered

    def cut_power(self) -> None:
        self.power_cuts += self._has_power()
        self.firmware.power_off()
        self._reader.reset()
        self._save()

    def power_on(self) -> None:
        if not self.firmware.is_powered:
            self.firmware.power_on()

    def body(self) -> dict[str, Any]:
        """Everything there is to know, for JSON."""
        firmware = self.firmware
        status = f"{firmware.status:02X} {firmware.status.name}" if firmware.is_powered else "no power"
        return {
            **self.places.body(),
            "total": sum(rubles * count for rubles, count in self.places.cassette.items()),
            "notes": self.places.cassette.total(),
            "status": status,
            "event": firmware.event and f"{firmware.event[0]:02X} {firmware.event[1]:02X}",
            "enabled": sorted(firmware.enabled),
            "recoverable": firmware.flash.recoverable,
        }

    def _save(self) -> None:
        if self._state_file is None:
            return
        text = json.dumps({"places": self.places.body(), "recoverable": self.firmware.flash.recoverable})
        if text == self._saved:
            return
        fresh = self._state_file.with_name(f".{self._state_file.name}.fresh")
        fresh.write_text(text)
        fresh.replace(self._state_file)
        self._saved = text


def _load(state_file: Path | None) -> tuple[Places, Flash]:
    if state_file is None or not state_file.exists():
        return Places(), Flash()
    body = json.loads(state_file.read_text())
    return Places.from_body(body["places"]), Flash(body["recoverable"])
