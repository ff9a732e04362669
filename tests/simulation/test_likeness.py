"""Two worlds are taken for one only if nothing tells them apart that has a say in what happens next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from simulator.bill_acceptor.device import SimulatedBillAcceptor
from simulator.line_faults import FaultyCable, LineFaults
from tests.simulation.likeness import Likeness
from tests.simulation.loop import run_simulated
from tests.simulation.stretches import ELSEWHERE, END, Stretches
from tests.support.byte_pipes import InMemoryCable

SPEED = 20.0


def _digest(value: object, now: float = 0.0) -> str:
    likeness = Likeness(now)
    likeness.add(value)
    return likeness.digest


def _acceptor_after(act: Callable[[SimulatedBillAcceptor], None], wait_s: float = 0.0) -> str:
    """The likeness of an acceptor to which something has been done, so long after that."""

    async def live() -> str:
        acceptor = SimulatedBillAcceptor(FaultyCable(InMemoryCable(), LineFaults(1)), speed=SPEED)
        running = asyncio.create_task(acceptor.run())
        await asyncio.sleep(0)
        act(acceptor)
        await asyncio.sleep(wait_s)
        digest = _digest((acceptor, running.get_coro()), asyncio.get_running_loop().time())
        running.cancel()
        return digest

    return run_simulated(live())


def test_an_idle_device_is_the_same_however_late_it_is() -> None:
    assert _acceptor_after(lambda _: None, 10.0) == _acceptor_after(lambda _: None, 30.0)


def test_a_note_on_its_way_is_told_by_how_far_it_has_come() -> None:
    early = _acceptor_after(lambda each: each.mechanism.insert(500), 0.001)
    assert early == _acceptor_after(lambda each: each.mechanism.insert(500), 0.001)
    assert early != _acceptor_after(lambda each: each.mechanism.insert(500), 0.002)
    assert early != _acceptor_after(lambda each: each.mechanism.insert(100), 0.001)


def test_what_a_device_keeps_for_itself_counts() -> None:
    def remember(acceptor: SimulatedBillAcceptor) -> None:
        acceptor.firmware.flash.recoverable = 3

    assert _acceptor_after(remember) != _acceptor_after(lambda _: None)


def test_sources_of_random_numbers_are_found_and_not_compared() -> None:
    likeness = Likeness(0.0)
    first, second = Random(1), Random(2)
    likeness.add({"one": [first], "two": second})
    assert likeness.sources == [first, second]
    assert _digest([Random(1)]) == _digest([Random(2)])


def test_what_nobody_has_thought_of_is_an_error() -> None:
    with pytest.raises(TypeError, match="nobody has thought of"):
        _digest([memoryview(b"")])


def test_pairs_are_counted_for_all_who_joined() -> None:
    found = Stretches()
    for line in (
        {"first": "a"}, {"first": "a"}, {"first": "b"}, {"first": "c"},
        {"stretch": "a", "next": "dark-1", "pairs": 0},
        {"stretch": "b", "next": "dark-1", "pairs": 0},
        {"stretch": "c", "next": ELSEWHERE, "pairs": 0},
        {"stretch": "dark-1", "next": END, "pairs": 7},
    ):
        found.hear(line)
    found.close()
    assert (found.first_cuts, found.states, found.pairs, found.played, found.violations) == (3, 1, 21, 1, [])


def test_a_state_that_others_joined_and_nobody_played_is_a_violation() -> None:
    found = Stretches()
    found.hear({"first": "a"})
    found.hear({"stretch": "a", "next": "dark-1", "pairs": 0})
    found.close()
    assert found.violations == ["nobody has played dark-1 to its end"]
