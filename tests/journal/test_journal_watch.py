"""The service's watch over the second copy and over the journal's content."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from contracts.faults import FaultCode
from terminal.payments.facts import Fact
from terminal.ports.records import BrokenIdentity, LookedThrough
from terminal.service import journal_watch
from terminal.service.health import Health
from terminal.service.journal_watch import JournalWatch
from tests.journal.steps import NOON, ScriptedClock


@dataclass
class ScriptedJournal:
    """A second copy that can be in trouble, and content that can be broken."""

    trouble: str = ""
    mendable: bool = False
    contradiction: tuple[BrokenIdentity, ...] = ()
    syncs: int = 0
    mends: int = 0
    looked: list[LookedThrough] = field(default_factory=list)
    synced: asyncio.Event | None = None

    def sync_mirror(self) -> None:
        self.syncs += 1
        if self.synced is not None:
            self.synced.set()

    def mend_mirror(self) -> tuple[BrokenIdentity, ...]:
        self.mends += 1
        if self.mendable:
            self.trouble = ""
        return self.contradiction

    def mirror_trouble(self) -> str:
        return self.trouble

    def look_through(self) -> LookedThrough:
        return self.looked.pop(0)


@dataclass
class MovingClock(ScriptedClock):
    passed: float = 1000.0

    def monotonic(self) -> float:
        return self.passed


class Rig:
    def __init__(self) -> None:
        self.journal = ScriptedJournal()
        self.clock = MovingClock()
        self.recorded: list[Fact] = []
        self.found: list[BrokenIdentity] = []
        self.health = Health(self.clock, self.recorded.append, NOON.isoformat)
        self.watch = JournalWatch(
            self.journal,  # type: ignore[arg-type]
            self.health,
            self.clock,
            lambda: True,
            self.found.extend,
        )

    def codes(self) -> set[FaultCode]:
        return {fault.code for fault in self.health.faults}


def test_trouble_is_a_fault_at_once_and_stops_cash_when_it_lasts() -> None:
    rig = Rig()
    rig.watch.look_after_mirror()
    assert rig.codes() == set()
    rig.journal.trouble = "write: no space"
    rig.watch.look_after_mirror()
    assert rig.codes() == {FaultCode.JOURNAL_MIRROR_BEHIND}
    rig.clock.passed += journal_watch.WITHOUT_MIRROR_S - 1
    rig.watch.look_after_mirror()
    assert rig.codes() == {FaultCode.JOURNAL_MIRROR_BEHIND}
    rig.clock.passed += 1
    rig.watch.look_after_mirror()
    assert rig.codes() == {FaultCode.JOURNAL_MIRROR_BEHIND, FaultCode.JOURNAL_MIRROR_LOST}
    rig.clock.passed += journal_watch.MEND_EVERY_S
    rig.journal.mendable = True
    rig.watch.look_after_mirror()
    assert rig.codes() == set()


def test_mending_is_tried_once_a_minute() -> None:
    rig = Rig()
    rig.journal.trouble = "sync: input/output error"
    for _ in range(10):
        rig.watch.look_after_mirror()
    assert rig.journal.mends == 1
    rig.clock.passed += journal_watch.MEND_EVERY_S
    rig.watch.look_after_mirror()
    assert rig.journal.mends == 2


def test_a_second_copy_that_comes_back_and_contradicts_closes_the_money() -> None:
    rig = Rig()
    rig.journal.trouble = "open: input/output error"
    rig.journal.contradiction = (BrokenIdentity(9, "record 7 differs"),)
    rig.watch.look_after_mirror()
    assert rig.found == [BrokenIdentity(9, "record 7 differs")]


def test_a_step_is_followed_by_one_sync_soon() -> None:
    async def scenario() -> int:
        rig = Rig()
        rig.journal.synced = asyncio.Event()
        running = asyncio.create_task(rig.watch.run())
        for _ in range(3):
            rig.watch.stepped()
        async with asyncio.timeout(5.0):
            await rig.journal.synced.wait()
        running.cancel()
        return rig.journal.syncs

    assert asyncio.run(scenario()) == 1


def test_what_looking_through_finds_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_watch, "PIECE_EVERY_S", 0.0)

    async def scenario() -> Rig:
        rig = Rig()
        broken = BrokenIdentity(6, "a row is not what was written")
        rig.journal.looked = [LookedThrough(False, ()), LookedThrough(True, (broken,))]
        async with asyncio.timeout(5.0):
            running = asyncio.create_task(rig.watch.look_through())
            while not rig.watch.passes:
                await asyncio.sleep(0)
        running.cancel()
        return rig

    rig = asyncio.run(scenario())
    assert [each.text for each in rig.found] == ["a row is not what was written"]
