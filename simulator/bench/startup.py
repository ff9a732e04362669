"""Brings everything of a bench up, one after the other, and says what is there and what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from simulator.bench.bench import Bench
from simulator.bench.control_client import order
from simulator.bench.programs import EMULATORS
from simulator.control import VerbRefused

EMULATOR_TIMEOUT_S = 30.0
TERMINAL_TIMEOUT_S = 90.0
LOOK_PERIOD_S = 0.2

Check = Callable[[], Awaitable[str]]
"""Empty when it is there, else what is missing."""


class Board(Protocol):
    """Where the progress is shown."""

    def begin(self, name: str, title: str) -> None: ...

    def note(self, name: str, what: str) -> None: ...

    def done(self, name: str, problem: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    title: str
    check: Check
    timeout_s: float
    starts: str = ""
    """The program that this step starts."""


def emulator_steps(bench: Bench) -> tuple[Step, ...]:
    """Devices and host."""
    return tuple(Step(name, bench.processes.children[name].program.title, _emulator_check(bench, name),
                      EMULATOR_TIMEOUT_S, name) for name in EMULATORS)


def terminal_steps(bench: Bench) -> tuple[Step, ...]:
    """The terminal, until it serves clients."""
    terminal = bench.processes.terminal.program
    found = [Step("service", "Service", lambda: _service_problem(bench), TERMINAL_TIMEOUT_S,
                  terminal.name)]
    if terminal.name == "watchdog":
        found.append(Step("kiosk", "Kiosk", lambda: _kiosk_problem(bench), TERMINAL_TIMEOUT_S))
    found.append(Step("in-service", "In service", lambda: _out_of_service(bench), TERMINAL_TIMEOUT_S))
    return tuple(found)


async def bring_up(bench: Bench, board: Board) -> list[str]:
    """Everything of the bench. What is missing, in words; empty when nothing is."""
    return await take(bench, (*emulator_steps(bench), *terminal_steps(bench)), board)


async def take(bench: Bench, steps: Sequence[Step], board: Board) -> list[str]:
    """Take every step, whatever became of the one before. What is missing, in words; empty: nothing is."""
    missing = []
    for step in steps:
        board.begin(step.name, step.title)
        if step.starts:
            await bench.processes.children[step.starts].start()
        problem = await _wait_for(bench, step, board)
        board.done(step.name, problem)
        if problem:
            missing.append(f"{step.title}: {problem}")
    return missing


async def _wait_for(bench: Bench, step: Step, board: Board) -> str:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + step.timeout_s
    while True:
        problem = await step.check()
        ended = _ended(bench, step)
        if not problem or ended or loop.time() > deadline:
            return (ended or problem) if problem else ""
        board.note(step.name, problem)
        await asyncio.sleep(LOOK_PERIOD_S)


def _ended(bench: Bench, step: Step) -> str:
    """Why waiting any longer makes no sense: the program behind the step is gone."""
    child = bench.processes.children[step.starts] if step.starts else bench.processes.terminal
    if child.pid is not None:
        return ""
    return f"ended with {child.exit_code}: {child.log.last_line() or 'no words'} (see {child.log.path})"


def _emulator_check(bench: Bench, name: str) -> Check:
    async def check() -> str:
        try:
            await order(bench.layout.socket(name), "help")
        except (OSError, VerbRefused) as error:
            return _said(error)
        return ""
    return check


async def _service_problem(bench: Bench) -> str:
    try:
        await bench.ask_service("status", {})
    except (OSError, ValueError) as error:
        return _said(error)
    return ""


async def _kiosk_problem(bench: Bench) -> str:
    try:
        await bench.mirror.look(0)
    except OSError as error:
        return _said(error)
    return ""


async def _out_of_service(bench: Bench) -> str:
    try:
        return why_out_of_service(await bench.ask_service("status", {}))
    except (OSError, ValueError) as error:
        return _said(error)


def why_out_of_service(status: Mapping[str, Any]) -> str:
    """Empty while the terminal serves clients and takes cash, else why not."""
    try:
        cash = status["tenders"]["cash"]
        if status["in_service"] and cash["offered"]:
            return ""
        codes = [str(fault["code"]) for fault in status["faults"]]
        return ", ".join(codes) or str(cash["reason"]) or "no reason given"
    except (KeyError, TypeError) as error:
        raise ValueError(f"the status does not fit: {error}") from error


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
