"""A terminal of real processes on the bench: emulators, service, and a kiosk whose line to the service is heard."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from simulator.bench.child import Child, Program
from simulator.bench.configuration import Setting, set_keys
from simulator.bench.layout import BenchLayout, layout_of
from simulator.bench.preparation import Wishes, prepare
from simulator.bench.programs import EMULATORS, programs
from simulator.control import ask
from tests.benchmarks.glass_line import GlassLine

FOLDER = Path(__file__).resolve().parents[2]
START_S = 60.0
LOOK_S = 0.02


class Rig:
    """Processes in a directory; all of them end with it. Use as an async context manager."""

    def __init__(self, directory: Path, speed: float) -> None:
        self.layout: BenchLayout = layout_of(directory)
        prepared = prepare(self.layout, Wishes(speed=speed, kiosk=False))
        self._programs = {each.name: each for each in programs(prepared)}
        self._children: list[Child] = []
        self.line = GlassLine(self.layout.socket("glass"), self.layout.service_socket)

    async def __aenter__(self) -> Rig:
        await self.line.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for child in reversed(self._children):
            await child.stop()
        await self.line.__aexit__()

    async def emulators(self, names: Sequence[str] = EMULATORS) -> None:
        """Start them and wait until they answer."""
        for name in names:
            await self._start(self._programs[name])
        for name in names:
            await until(lambda name=name: self._answers(name))  # type: ignore[misc]

    async def service(self) -> int:
        """Start the service and wait for its socket; its process id."""
        child = await self._start(self._programs["service"])
        await until(lambda: child.pid is None or self._serves())
        return _pid(child)

    async def kiosk(self) -> int:
        """Start a kiosk without a display on the line, and wait for its first page; its process id."""
        file = self.kiosk_configuration(self.layout.socket("glass"))
        command = (sys.executable, "-m", "terminal", "kiosk", "--config", str(file))
        child = await self._start(Program("kiosk", "Kiosk", command))
        shown = asyncio.ensure_future(self.line.shown(lambda _page: True))
        await until(lambda: child.pid is None or shown.done())
        shown.cancel()
        return _pid(child)

    def kiosk_configuration(self, service_socket: Path) -> Path:
        """The bench's configuration for a kiosk that draws into memory, with its service at another socket."""
        file = self.layout.directory / "kiosk.toml"
        text = self.layout.configuration.read_text(encoding="utf-8")
        settings: dict[str, Setting] = {"service.socket": str(service_socket), "kiosk.offscreen": True}
        file.write_text(set_keys(text, settings), encoding="utf-8")
        return file

    async def ask(self, device: str, verb: str, *arguments: str) -> object:
        """An order to an emulator, given beside the loop."""
        return await asyncio.to_thread(ask, self.layout.socket(device), verb, arguments)

    async def _start(self, program: Program) -> Child:
        child = Child(program, self.layout.log(program.name), FOLDER)
        self._children.append(child)
        await child.start()
        return child

    def _serves(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.layout.service_socket))
        except OSError:
            return False
        return True

    def _answers(self, name: str) -> bool:
        try:
            ask(self.layout.socket(name), "help")
        except OSError:
            return False
        return True


async def until(condition: Callable[[], bool]) -> None:
    """Raises `TimeoutError`."""
    async with asyncio.timeout(START_S):
        while not condition():
            await asyncio.sleep(LOOK_S)


def _pid(child: Child) -> int:
    """Raises `RuntimeError` with the last word of a program that has ended."""
    if child.pid is None:
        raise RuntimeError(f"{child.program.title} ended at once: {child.log.last_line()}")
    return child.pid
