"""Faults of a line between a device and its host: by chance from a seed, or exactly at the n-th byte.

`LineFaults` only decides, and the same seed decides the same; `FaultyCable` carries the decisions out.
"""

from __future__ import annotations

import asyncio
import math
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
    _whole: float = 0.0
    """The chance of any fault that `_sound` was drawn for."""
    _sound: int = 0
    """So many bytes pass before the next fault by chance."""

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

    def passes(self, direction: Direction, length: int) -> bool:
        """Whether so many bytes pass as they are; if so, they have passed."""
        self._look_ahead()
        if self._armed or (self._whole and self._sound < length):
            return False
        self._sound -= length if self._whole else 0
        self.passed[direction] += length
        return True

    def decide(self, direction: Direction, data: bytes) -> list[Step]:
        """What becomes of the bytes."""
        if self.passes(direction, len(data)):
            return [Pass(data)] if data else []
        steps: list[Step] = []
        run = bytearray()
        for byte in data:
            kind = self._fate(direction)
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

    def _fate(self, direction: Direction) -> FaultKind | None:
        self.passed[direction] += 1
        kind = self._armed.pop((direction, self.passed[direction]), None) or self._drawn()
        if kind is not None:
            self.happened[kind] += 1
        return kind

    def _look_ahead(self) -> None:
        """Draw how far away the next fault is, when the chance of one has changed: thousands of bytes pass between
        two faults, and a throw for each would be most of the work."""
        whole = sum(self.rates.values())
        if whole != self._whole:
            self._whole = whole
            self._sound = self._drawn_distance()

    def _drawn_distance(self) -> int:
        if self._whole >= 1.0:
            return 0
        return int(math.log(1.0 - self._chance.random()) / math.log(1.0 - self._whole)) if self._whole else 0

    def _drawn(self) -> FaultKind | None:
        """The fault that comes by chance at this byte; each kind has a share of them by its rate."""
        if not self._whole:
            return None
        if self._sound:
            self._sound -= 1
            return None
        self._sound = self._drawn_distance()
        return self._chance.choices(list(self.rates), list(self.rates.values()))[0]


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
            arrived = await self._cable.read()
            if arrived and self.faults.passes(Direction.IN, len(arrived)):
                return arrived
            self._incoming.extend(self.faults.decide(Direction.IN, arrived))

    async def write(self, data: bytes) -> None:
        if self.faults.passes(Direction.OUT, len(data)):
            await self._cable.write(data)
            return
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
