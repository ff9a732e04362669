"""A cable between driver and device whose host end dies with the terminal; every chunk on it is a crash point."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.crash import Dead
from tests.support.byte_pipes import InMemoryCable

CrashPoint = Callable[[str], bool]
Watch = Callable[[str, bytes], None]


class SimulatedCable(InMemoryCable):
    """Implements `simulator.cable.Cable`. `sent` decides how much of a chunk leaves a host that dies while writing."""

    def __init__(self, name: str, crash_point: CrashPoint, watch: Watch, sent: Callable[[int], int]) -> None:
        super().__init__(f"pipe://{name}")
        self._name = name
        self._crash_point = crash_point
        self._watch = watch
        self._sent = sent
        self.last = b""
        """The newest chunk, in either direction."""
        self.told = b""
        """The newest one from the device, in this life of the host."""

    @property
    def is_plugged(self) -> bool:
        return self._plugged

    def receive_from_host(self, data: bytes) -> None:
        self.last = data
        if self._crash_point("line-write"):
            data = data[: self._sent(len(data))]
            if data:
                self._watch(f"{self._name}<", data)
                super().receive_from_host(data)
            raise Dead
        self._watch(f"{self._name}<", data)
        super().receive_from_host(data)
        if self._crash_point("line-written"):
            raise Dead

    async def write(self, data: bytes) -> None:
        self._watch(f"{self._name}>", data)
        self.last = self.told = data
        self._crash_point("line-answer")
        await super().write(data)
        self._crash_point("line-heard")
