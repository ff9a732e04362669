"""The bench at work: what the page sees and what its buttons do."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from contracts.money import KOPECKS_IN_RUBLE
from simulator.bench.configuration import PANELS
from simulator.bench.control_client import order
from simulator.bench.gauge import Gauge
from simulator.bench.journal_follower import JournalFollower
from simulator.bench.mirror_client import Look, MirrorClient
from simulator.bench.preparation import Prepared
from simulator.bench.processes import TERMINAL_PROCESSES, Processes
from simulator.bench.programs import EMULATORS, programs
from simulator.bench.service_client import ask_service
from simulator.bench.targets import Targets
from simulator.control import VerbRefused

PICTURE_SCALE = 0.5
JOURNAL_RECORDS_IN_ANSWER = 200
DIGITS = "[0-9]{1,20}"
POWERED_DEVICES = ("bill-acceptor", "fiscal-register")
"""What shares the terminal's mains; the billing host stands elsewhere."""


class Bench:
    """Implements `simulator.bench.server.Desk`."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self.layout = prepared.layout
        self.processes = Processes(prepared.layout, programs(prepared))
        self.mirror = MirrorClient(self.layout.mirror_socket, PICTURE_SCALE)
        self._fingers = MirrorClient(self.layout.mirror_socket, PICTURE_SCALE)  # never behind a picture
        self.follower = JournalFollower(self.ask_service)
        self._gauges = {
            **{name: Gauge(partial(order, self.layout.socket(name), "state")) for name in EMULATORS},
            "service": Gauge(partial(self.ask_service, "status", {})),
            "journal": Gauge(self.follower.catch_up),
        }
        self._powered = True
        self.targets = Targets({name: self.layout.socket(name) for name in EMULATORS})
        self._register_orders()

    async def ask_service(self, what: str, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        return await ask_service(self.layout.service_socket, what, arguments)

    async def state(self) -> dict[str, Any]:
        size = PANELS[self._prepared.wishes.panel]
        looks = await asyncio.gather(*(gauge.look() for gauge in self._gauges.values()))
        gauges = dict(zip(self._gauges, looks, strict=True))
        return {
            "panel": {"name": self._prepared.wishes.panel, "width": size.width, "height": size.height},
            "kiosk": self._prepared.wishes.kiosk,
            "powered": self._powered,
            "processes": self.processes.state(),
            "devices": {name: gauges[name] for name in EMULATORS},
            "service": gauges["service"],
            "money": self._money(gauges["bill-acceptor"]),
        }

    def _money(self, acceptor: Mapping[str, Any]) -> dict[str, Any] | None:
        """Kopecks: the cassette's truth beside the journal; `None` while either is not known."""
        if not acceptor["value"] or not self.follower.caught_up:
            return None
        truth = cassette_kopecks(acceptor["value"])
        notes = self.follower.notes
        return {"truth": truth, "journal": notes.cassette, "disputed": notes.disputed,
                "moving": sum(notes.open_intents.values()), "verdict": notes.compare(truth).value}

    async def journal(self, after: int) -> dict[str, Any]:
        reading = await self._gauges["journal"].look()
        records = self.follower.records_after(after, JOURNAL_RECORDS_IN_ANSWER)
        return {"records": records, "last": self.follower.last, "problem": reading.get("reason", "")}

    async def screen(self, since: int) -> Look:
        return await self.mirror.look(since)

    async def tape(self) -> bytes:
        picture = self.layout.tape_picture
        await order(self.layout.socket("fiscal-register"), "tape", ["png", str(picture)])
        return picture.read_bytes()

    async def act(self, target: str, verb: str, arguments: Sequence[str]) -> Any:
        return await self.targets.act(target, verb, arguments)

    async def close(self) -> None:
        """End all programs."""
        self.mirror.close()
        self._fingers.close()
        await asyncio.gather(*(gauge.close() for gauge in self._gauges.values()))
        await self.processes.stop_all()

    def _register_orders(self) -> None:
        for name in (*TERMINAL_PROCESSES, *self.processes.children):
            self._register_process(name)
        for name in self.processes.children:
            async def restart(_: Sequence[str], name: str = name) -> Any:
                await self.processes.restart(name)
                return self.processes.state()[name]
            self.targets.register(name, "restart", "end the program and start it again", restart)
        self.targets.register("kiosk", "touch", "X Y down|up|tap: touch the panel's pixel", self._touch)
        self.targets.register("kiosk", "press", "NAME: tap the element of that name", self._press)
        self.targets.register("kiosk", "type", "DIGITS: press the keys of the keypad", self._type)
        self.targets.register("everything", "cut-power", "terminal and devices go dark at once", self._cut)
        self.targets.register("everything", "power-on", "power comes back", self._power_on)

    def _register_process(self, name: str) -> None:
        signals = (("kill", "kill -9 the process", signal.SIGKILL),
                   ("freeze", "stop the process without ending it", signal.SIGSTOP),
                   ("resume", "let a frozen process go on", signal.SIGCONT))
        for verb, usage, which in signals:
            async def send(_: Sequence[str], which: signal.Signals = which) -> Any:
                return {"pid": self.processes.signal(name, which)}
            self.targets.register(name, verb, usage, send)

    async def _touch(self, arguments: Sequence[str]) -> Any:
        x, y, action = arguments
        await self._fingers.touch(float(x), float(y), action)

    async def _press(self, arguments: Sequence[str]) -> Any:
        (name,) = arguments
        await self._tap(name)

    async def _type(self, arguments: Sequence[str]) -> Any:
        (digits,) = arguments
        if not re.fullmatch(DIGITS, digits):
            raise ValueError("only digits can be typed")
        await self._tap(*(f"key-{digit}" for digit in digits))

    async def _tap(self, *names: str) -> None:
        """Tap elements of the present page one after the other, or none when one of them is not there."""
        rectangles = await self._fingers.layout()
        missing = [name for name in names if name not in rectangles]
        if missing:
            raise ValueError(f"the page has nothing named {missing[0]}")
        for name in names:
            await self._fingers.touch(*rectangles[name].middle, "tap")

    async def _cut(self, _: Sequence[str]) -> Any:
        self._powered = False
        await self.processes.kill_terminal()
        return await self._order_all("cut-power", "now")

    async def _power_on(self, _: Sequence[str]) -> Any:
        answers = await self._order_all("power-on")
        await self.processes.terminal.start()
        self._powered = True
        return answers

    async def _order_all(self, verb: str, *arguments: str) -> dict[str, str]:
        """What went wrong, by device; a device that is switched off already is not a reason to stop."""
        problems: dict[str, str] = {}
        for name in POWERED_DEVICES:
            try:
                await order(self.layout.socket(name), verb, arguments)
            except (VerbRefused, OSError) as error:
                problems[name] = str(error)
        return problems


def cassette_kopecks(state: Mapping[str, Any]) -> int:
    """All that ever stayed in cassettes, collected ones included: the journal's sums never go down either.

    Raises `ValueError` when the state does not say.
    """
    try:
        return sum(int(value) * KOPECKS_IN_RUBLE * int(count)
                   for place in ("cassette", "collected") for value, count in state[place].items())
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"the acceptor's state has no cassette: {error}") from error
