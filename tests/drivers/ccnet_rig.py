"""The CCNET driver joined to an emulated validator by an in-memory cable, with a consumer that keeps everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from contracts.faults import FaultCode
from contracts.money import Money, total
from simulator.bill_acceptor.device import SimulatedBillAcceptor
from simulator.line_faults import FaultyCable, LineFaults
from terminal.devices.ccnet.acceptor import CcnetAcceptor
from terminal.devices.ccnet.wire import FrameReader
from terminal.ports.bill_acceptor import (
    AcceptanceOpened,
    Note,
    NoteInEscrow,
    NoteLost,
    NoteStacked,
    Observation,
    Reported,
)
from terminal.ports.device import DeviceReport
from tests.support.byte_pipes import InMemoryCable
from tests.support.virtual_loop import VirtualClock, run_virtually

Kind = TypeVar("Kind")

ALL_VALUES = frozenset(Money.rubles(rubles) for rubles in (10, 50, 100, 200, 500, 1000, 2000, 5000))
REMEMBERED = tuple(
    Note(Money.rubles(rubles), "RUS", code)
    for code, rubles in {2: 10, 3: 50, 4: 100, 5: 500, 6: 1000, 7: 5000, 12: 200, 13: 2000}.items()
)
STEP_S = 0.02
LIMIT_S = 120.0

Decision = Callable[[CcnetAcceptor], None]


def take(acceptor: CcnetAcceptor) -> None:
    acceptor.stack()


def give_back(acceptor: CcnetAcceptor) -> None:
    acceptor.return_note()


def leave(acceptor: CcnetAcceptor) -> None:
    """No decision at all."""


class Rig:
    """One validator, one host that can be restarted, and what the host has observed."""

    def __init__(self, *, seed: int = 0, decision: Decision = take, start_host: bool = True) -> None:
        self.cable = InMemoryCable()
        self.faults = LineFaults(seed)
        self.faulty = FaultyCable(self.cable, self.faults)
        self.device = SimulatedBillAcceptor(self.faulty)
        self.decision = decision
        self.seen: list[Observation] = []
        self.seen_at: list[float] = []
        self.before_next: Callable[[Observation], Coroutine[Any, Any, None]] | None = None
        self.acceptor = CcnetAcceptor(self.cable.line, VirtualClock())
        self._device_task = asyncio.create_task(self.device.run())
        self._host_task: asyncio.Task[None] | None = None
        if start_host:
            self.start_host()

    @property
    def firmware(self) -> Any:
        return self.device.firmware

    def start_host(self, remembered: tuple[Note, ...] = ()) -> None:
        self.acceptor = CcnetAcceptor(self.cable.line, VirtualClock(), remembered=remembered)
        self._host_task = asyncio.create_task(self._consume())

    async def stop_host(self) -> None:
        """The host dies at once: nothing more is sent."""
        assert self._host_task is not None
        task, self._host_task = self._host_task, None
        if task.done():
            task.result()  # a consumer that has failed is no consumer that was stopped
        task.cancel()
        await asyncio.wait([task])

    async def close(self) -> None:
        if self._host_task is not None:
            await self.stop_host()
        self._device_task.cancel()
        await asyncio.wait([self._device_task])

    async def _consume(self) -> None:
        async with aclosing(self.acceptor.observations()) as observations:  # type: ignore[type-var]
            async for each in observations:
                self.seen.append(each)
                self.seen_at.append(asyncio.get_running_loop().time())
                if isinstance(each, NoteInEscrow):
                    self.decision(self.acceptor)
                if self.before_next is not None:
                    await self.before_next(each)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Observations of that kind, in order."""
        return [each for each in self.seen if isinstance(each, kind)]

    @property
    def money_events(self) -> list[Observation]:
        return [each for each in self.seen if not isinstance(each, Reported)]

    @property
    def report(self) -> DeviceReport:
        return self.of(Reported)[-1].report

    @property
    def fault_codes(self) -> set[FaultCode]:
        """Faults that are open now."""
        return {fault.code for fault in self.report.faults}

    @property
    def credited(self) -> Money:
        return total([each.note.value for each in self.of(NoteStacked)])

    @property
    def in_cassettes(self) -> Money:
        places = self.device.places
        notes = places.cassette + places.collected
        return Money.rubles(sum(rubles * count for rubles, count in notes.items()))

    def heard_requests(self, since: int = 0) -> list[bytes]:
        """Data of the frames that the host has sent, from that byte on."""
        return FrameReader(before_length=1).feed(bytes(self.cable.heard[since:]))

    async def until(self, condition: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
        """Let virtual time pass until the condition holds."""
        try:
            async with asyncio.timeout(limit_s):
                while not condition():
                    self._raise_what_failed()
                    await asyncio.sleep(STEP_S)
        except TimeoutError:
            raise AssertionError(f"never happened; status {self.device.body()['status']}; {self.seen}") from None

    def _raise_what_failed(self) -> None:
        for task in (self._host_task, self._device_task):
            if task is not None and task.done():
                task.result()

    async def until_seen(self, kind: type[Observation], count: int = 1, limit_s: float = LIMIT_S) -> None:
        await self.until(lambda: len(self.of(kind)) >= count, limit_s)

    async def open(self, values: frozenset[Money] = ALL_VALUES) -> None:
        """Bring it to the point where it takes notes."""
        self.acceptor.accept(values)
        await self.until_seen(AcceptanceOpened)
        await self.until(lambda: self.firmware.status.name == "IDLING")

    async def insert(self, rubles: int) -> None:
        """A client waits until a note is taken in."""
        await self.until(lambda: self.firmware.status.name == "IDLING" and self.firmware.event is None)
        self.firmware.insert(rubles)

    def assert_every_note_is_accounted_for(self) -> None:
        """What was credited is in the cassette, or a dispute tells of the difference; nothing is credited twice."""
        places = self.device.places
        notes = (places.cassette + places.collected).total()
        stacked, lost = len(self.of(NoteStacked)), len(self.of(NoteLost))
        assert self.credited <= self.in_cassettes, "more was credited than there is"
        assert stacked <= notes <= stacked + lost, (stacked, lost, places.body(), self.seen)
        everywhere = notes + places.pocket.total() + places.removed.total() + (places.position.value != "none")
        assert everywhere == places.inserted


def play(scenario: Callable[[Rig], Coroutine[Any, Any, None]], **options: Any) -> None:
    """Run a scenario on virtual time with a rig of its own."""

    async def whole() -> None:
        rig = Rig(**options)
        try:
            await scenario(rig)
        finally:
            await rig.close()

    run_virtually(whole())
