"""Line faults do what they are called, at the byte they are told, and the same seed does the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simulator.cable import PowerCut
from simulator.control import ControlServer, VerbRefused, ask
from simulator.line_faults import (
    OUTAGE_S,
    CutPower,
    Direction,
    Disconnect,
    FaultKind,
    FaultyCable,
    LineFaults,
    Pass,
    Pause,
    Step,
)
from simulator.line_verbs import register_line_verbs
from terminal.ports.line import LineLost
from tests.support.byte_pipes import InMemoryCable
from tests.support.virtual_loop import NothingLeftToHappen, VirtualLoop, run_virtually


def _armed(kind: FaultKind, nth: int) -> list[Step]:
    faults = LineFaults()
    faults.arm(kind, Direction.OUT, nth)
    return faults.decide(Direction.OUT, b"abc")


def test_each_kind_does_what_it_is_called_at_exactly_that_byte() -> None:
    assert _armed(FaultKind.LOSE, 2) == [Pass(b"ac")]
    assert _armed(FaultKind.DUPLICATE, 2) == [Pass(b"abbc")]
    assert _armed(FaultKind.DISCONNECT, 2) == [Pass(b"a"), Disconnect()]
    assert _armed(FaultKind.POWER_CUT, 1) == [CutPower()]
    before, pause, after = _armed(FaultKind.SPLIT, 3)
    assert (before, after) == (Pass(b"ab"), Pass(b"c"))
    assert isinstance(pause, Pause)
    (corrupted,) = _armed(FaultKind.CORRUPT, 2)
    assert isinstance(corrupted, Pass)
    assert corrupted.data[::2] == b"ac"
    assert (corrupted.data[1] ^ ord("b")).bit_count() == 1


def test_a_fault_waits_across_chunks_happens_once_and_only_in_its_direction() -> None:
    faults = LineFaults()
    faults.arm(FaultKind.LOSE, Direction.OUT, 4)
    assert faults.decide(Direction.IN, b"abcdef") == [Pass(b"abcdef")]
    assert faults.decide(Direction.OUT, b"abc") == [Pass(b"abc")]
    assert faults.decide(Direction.OUT, b"d") == []
    assert faults.decide(Direction.OUT, b"abcd" * 4) == [Pass(b"abcd" * 4)]
    assert faults.happened[FaultKind.LOSE] == 1


def test_the_same_seed_gives_the_same_faults_and_another_seed_others() -> None:
    def run(seed: int) -> list[Step]:
        faults = LineFaults(seed)
        for kind in (FaultKind.LOSE, FaultKind.CORRUPT, FaultKind.DUPLICATE, FaultKind.DELAY):
            faults.set_rate(kind, 0.1)
        return faults.decide(Direction.OUT, bytes(200))

    assert run(7) == run(7)
    assert run(7) != run(8)


def test_faults_by_chance_come_as_often_as_their_rates_say_whatever_the_chunks() -> None:
    faults = LineFaults(7, {FaultKind.LOSE: 0.01, FaultKind.DUPLICATE: 0.03})
    for size in (1, 3, 40, 1000):
        for _ in range(100_000 // size):
            faults.decide(Direction.IN, bytes(size))
    passed = faults.passed[Direction.IN]
    assert faults.happened[FaultKind.LOSE] == pytest.approx(0.01 * passed, rel=0.06)
    assert faults.happened[FaultKind.DUPLICATE] == pytest.approx(0.03 * passed, rel=0.06)
    faults.rates.clear()
    assert faults.passes(Direction.IN, 10_000)
    faults.rates[FaultKind.LOSE] = 1.0
    assert faults.decide(Direction.IN, b"abc") == []


def test_a_rate_that_is_no_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        LineFaults().set_rate(FaultKind.LOSE, 1.5)


def test_a_disconnect_hangs_the_host_up_and_heals_by_itself() -> None:
    async def scenario() -> None:
        cable = InMemoryCable()
        faulty = FaultyCable(cable, LineFaults())
        stream = await cable.line.open()
        faulty.faults.arm(FaultKind.DISCONNECT, Direction.OUT, 3)
        await faulty.write(b"abcd")
        assert await stream.read(9) == b"ab"
        with pytest.raises(LineLost):
            await stream.read(9)
        await stream.aclose()
        await asyncio.sleep(OUTAGE_S + 0.1)
        again = await cable.line.open()
        await faulty.write(b"ok")
        assert await again.read(9) == b"ok"

    run_virtually(scenario())


def test_a_power_cut_reaches_the_device_from_either_direction() -> None:
    async def scenario() -> None:
        cable = InMemoryCable()
        faulty = FaultyCable(cable, LineFaults())
        stream = await cable.line.open()
        faulty.faults.arm(FaultKind.POWER_CUT, Direction.OUT, 2)
        with pytest.raises(PowerCut):
            await faulty.write(b"xyz")
        assert await stream.read(9) == b"x"
        faulty.faults.arm(FaultKind.POWER_CUT, Direction.IN, 2)
        await stream.write(b"xyz")
        assert await faulty.read() == b"x"
        with pytest.raises(PowerCut):
            await faulty.read()

    run_virtually(scenario())


def test_virtual_time_jumps_and_a_program_that_can_never_go_on_fails() -> None:
    async def long_wait() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    assert run_virtually(long_wait()) == pytest.approx(3600)

    async def stuck() -> None:
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        run_virtually(stuck(), limit_s=1.0)
    with pytest.raises(NothingLeftToHappen), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(stuck())


def test_verbs_over_the_control_socket(tmp_path: Path) -> None:
    async def scenario() -> None:
        socket = tmp_path / "control"
        control = ControlServer(socket)
        cable = FaultyCable(InMemoryCable(), LineFaults())
        register_line_verbs(control, cable)
        await control.start()
        assert "line-fault" in await asyncio.to_thread(ask, socket, "help")
        assert await asyncio.to_thread(ask, socket, "line-fault", ["lose", "0.25"]) == {"rates": {"lose": 0.25}}
        assert cable.faults.rates == {FaultKind.LOSE: 0.25}
        for verb, arguments, complaint in (
            ("line-fault", ["lose", "2"], "between 0 and 1"),
            ("line-fault", ["melt", "1"], "melt"),
            ("line-fault-at", ["lose"], "expected 3"),
            ("dance", [], "no such verb"),
        ):
            with pytest.raises(VerbRefused, match=complaint):
                await asyncio.to_thread(ask, socket, verb, arguments)
        assert (await control.answer(b"[]"))["ok"] is False
        assert (await control.answer(b"{"))["ok"] is False
        await control.stop()
        assert not socket.exists()

    asyncio.run(scenario())
