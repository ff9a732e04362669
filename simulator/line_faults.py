"""Faults of a line between a device and its host: by chance from a seed, or exactly at the n-th byte.

`LineFaults` only decides, and the same seed decides the same; `FaultyCable` carries the decisions out.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.cable import Cable, PowerCut

SPLIT_PAUSE_S = 0.02
"""Longer than the gap that any of the protocols allows inside a frame in theory, shorter than hosts need."""
MAX_DELAY_S = 1.0
OUTAGE_S = 2.0
"""How long a disconnected cable stays out."""


class FaultKind(StrEnum):
    """What may happen to a byte."""

    LOSE = "lose"
    DELAY = "delay"
    SPLIT = "split"
    CORRUPT = "corrupt"
    DUPLICATE = "duplicate"
    DISCONNECT = "disconnect"
    POWER_CUT = "power-cut"
    """The device loses its power just before the byte."""


class Direction(StrEnum):
    """Seen from the device."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Pass:
    data: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Everything behind it in the same chunk is lost."""


@dataclass(frozen=True, slots=True)
class CutPower:
    """Everything behind it in the same chunk is lost."""


Step = Pass | Pause | Disconnect | CutPower


@dataclass(slots=True)
class LineFaults:
    """Decides the fate of every byte. Rates are chances per byte, 0 to 1."""

    seed: int = 0
    rates: dict[FaultKind, float] = field(default_factory=dict)
    passed: dict[Direction, int] = field(default_factory=lambda: dict.fromkeys(Direction, 0))
    """Bytes that have come to the line so far, lost ones included."""
    happened: dict[FaultKind, int] = field(default_factory=lambda: dict.fromkeys(FaultKind, 0))
    _armed: dict[tuple[Direction, int], FaultKind] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.reseed(self.seed)

    def reseed(self, seed: int) -> None:
        self.seed = seed
        self._chance = random.Random(seed)

    def set_rate(self, kind: FaultKind, rate: float) -> None:
        """Raises `ValueError` for a rate that is not a chance."""
        if not 0.0 <= rate <= 1.0:
            raise ValueError(f"a rate is between 0 and 1, not {rate}")
        self.rates[kind] = rate

    def arm(self, kind: FaultKind, direction: Direction, nth: int) -> None:
        """Let it happen once at the `nth` byte from now in that direction; 1 is the next byte."""
        if nth < 1:
            raise ValueError(f"bytes are counted from 1, not {nth}")
        self._armed[direction, self.passed[direction] + nth] = kind

    def decide(self, direction: Direction, data: bytes) -> list[Step]:
        """What becomes of the bytes."""
        if not self.rates and not self._armed:
            self.passed[direction] += len(data)
            return [Pass(data)] if data else []
        steps: list[Step] = []
        run = bytearray()
        whole = sum(self.rates.values())
        for byte in data:
            kind = self._fate(direction, whole)
            if kind in (FaultKind.DELAY, FaultKind.SPLIT, FaultKind.DISCONNECT, FaultKind.POWER_CUT) and run:
                steps.append(Pass(bytes(run)))
                run.clear()
            match kind:
                case FaultKind.LOSE:
                    pass
                case FaultKind.CORRUPT:
                    run.append(byte ^ (1 << self._chance.randrange(8)))
                case FaultKind.DUPLICATE:
                    run += bytes((byte, byte))
                case FaultKind.DISCONNECT:
                    return [*steps, Disconnect()]
                case FaultKind.POWER_CUT:
                    return [*steps, CutPower()]
                case FaultKind.DELAY:
                    steps.append(Pause(self._chance.uniform(SPLIT_PAUSE_S, MAX_DELAY_S)))
                    run.append(byte)
                case FaultKind.SPLIT:
                    steps.append(Pause(SPLIT_PAUSE_S))
                    run.append(byte)
                case None:
                    run.append(byte)
        return [*steps, Pass(bytes(run))] if run else steps

    def _fate(self, direction: Direction, whole: float) -> FaultKind | None:
        self.passed[direction] += 1
        kind = self._armed.pop((direction, self.passed[direction]), None) or self._drawn(whole)
        if kind is not None:
            self.happened[kind] += 1
        return kind

    def _drawn(self, whole: float) -> FaultKind | None:
        """One throw for all kinds: a share of `whole`, the chance of any of them, belongs to each."""
        left = self._chance.random() if whole else whole
        if left >= whole:
            return None
        for kind, rate in self.rates.items():
            left -= rate
            if left < 0:
                return kind
        return None


class FaultyCable:
    """A cable with faults on it. `read` and `write` raise `PowerCut` when the device loses its power."""

    def __init__(self, cable: Cable, faults: LineFaults) -> None:
        self._cable = cable
        self.faults = faults
        self._incoming: deque[Step] = deque()

    async def read(self) -> bytes:
        while True:
            while self._incoming:
                data = await self._perform(self._incoming.popleft())
                if data:
                    return data
            self._incoming.extend(self.faults.decide(Direction.IN, await self._cable.read()))

    async def write(self, data: bytes) -> None:
        for step in self.faults.decide(Direction.OUT, data):
            outgoing = await self._perform(step)
            if outgoing:
                await self._cable.write(outgoing)

    async def _perform(self, step: Step) -> bytes:
        match step:
            case Pass(data):
                return data
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Disconnect():
                self._cable.unplug()
                asyncio.get_running_loop().call_later(OUTAGE_S, self._cable.plug)
            case CutPower():
                raise PowerCut
        return b""

    def unplug(self) -> None:
        self._incoming.clear()
        self._cable.unplug()

    def plug(self) -> None:
        self._cable.plug()

    def close(self) -> None:
        self._cable.close()
