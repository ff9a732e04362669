"""What can have a say in what happens next, as one short digest: two worlds with the same one have the same future.

Objects are followed through their attributes, so that what somebody adds to a device later is taken in by itself;
coroutines through the lines at which they wait, and their variables. What is of a type that nobody has thought of is
an error. Left out, each for a reason:

- what time it is. Moments become distances to now, and a distance beyond `LONG_AGO_S` is as good as another: nothing in
  devices, host or service has a limit between that and the hours after which days and shifts end. Moments that lie on
  the disk or in the storage stand there as they are, and are compared;
- numbers at random, which are drawn anew from the digest itself whenever two worlds are taken for one;
- traffic that has passed, counters for people, and paper that has come out, but for the codes on it: nobody reads them.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import Enum
from fractions import Fraction
from functools import partial
from hashlib import blake2b
from pathlib import PurePath
from random import Random
from types import BuiltinFunctionType, CodeType, CoroutineType, FrameType, FunctionType, MethodType
from typing import Any

from simulator.fiscal_register.tape import QrCode
from tests.simulation.loop import Handle

LONG_AGO_S = 5.0
MOMENTS = frozenset({"heard_at", "now", "_event_sent_at", "_since"})
"""Attributes and variables that hold a time of the loop."""
UNREAD = frozenset(
    {
        "heard", "said", "opened", "passed", "happened", "paper_mm", "power_cuts", "last", "told", "_host", "line",
        "_handlers", "registration", "_crash_point", "_watch", "_sent", "_seen",
    }
)
"""Attributes that have no say in anything, or are compared where they count."""
DONE_WITH = {
    "Interface.serve": {"data"},
    "Interface._serve_frames": {"data", "piece", "byte", "payload"},
    "SimulatedBillAcceptor.run": {"data", "now"},
}
"""Variables, by function, that are written again before they are read."""
OURS = ("simulator.", "terminal.", "contracts.", "fiscal.", "tests.", "asyncio.")
OPAQUE = frozenset({"World", "Life", "SimulatedDisk", "SimulatedClock", "Trace", "SimulatedLoop", "Branching"})
"""Classes of things that are compared in another way, or have no state of their own."""
DIGEST_BYTES = 12
PLAIN = (bool, int, Fraction, str, bytes, bytearray, type(None), Enum, date, time, timedelta, range, PurePath)


class Likeness:
    """`add` what counts, then ask for the `digest`. Sources of random numbers that were met lie in `sources`."""

    def __init__(self, now: float) -> None:
        self.sources: list[Random] = []
        self._now = now
        self._told: list[str] = []
        self._met: dict[int, int] = {}
        self._kept: list[object] = []
        """Objects that were met live on meanwhile, so that no other one has their number."""

    @property
    def digest(self) -> str:
        return blake2b("\n".join(self._told).encode(), digest_size=DIGEST_BYTES).hexdigest()

    def add(self, value: object) -> None:
        """Take in a value and everything that it leads to. Raises `TypeError` for what nobody has thought of."""
        if isinstance(value, PLAIN):
            self._told.append(repr(value))
        elif isinstance(value, float):
            self._told.append(f"{value:.6f}")
        elif id(value) in self._met:
            self._told.append(f"#{self._met[id(value)]}")
        else:
            self._met[id(value)] = len(self._met)
            self._kept.append(value)
            self._told.append(type(value).__name__)
            self._add_anew(value)

    def _add_anew(self, value: object) -> None:
        match value:
            case Random():
                self.sources.append(value)
            case list() | tuple() | deque():
                self._told.append(str(len(value)))
                for each in value:
                    self.add(each)
            case Mapping():
                self._add_pairs(value)
            case set() | frozenset():
                self._told.append(repr(sorted(value, key=repr)))
            case asyncio.TaskGroup():
                for task in sorted(value._tasks, key=lambda each: getattr(each.get_coro(), "__qualname__", "")):
                    self.add(task)
            case partial():
                self._add_anew((value.func, value.args, value.keywords))
            case MethodType():
                self._told.append(value.__func__.__qualname__)
                self.add(value.__self__)
            case FunctionType() | BuiltinFunctionType() | type() | CodeType():
                self._told.append(getattr(value, "__qualname__", ""))
            case _:
                self._add_living(value)

    def _add_living(self, value: object) -> None:
        match value:
            case asyncio.Event():
                self._told.append(str(value.is_set()))
            case asyncio.Task():
                self._told.append(str(value.done()))
                self.add(value.get_coro())
            case asyncio.Future():
                self._told.append(str(value.done()))
            case Handle():
                self._told.append("cancelled" if value.cancelled() else f"in {float(value) - self._now:.6f}")
                self.add(value._callback)
            case CoroutineType():
                self._add_coroutine(value)
            case _:
                self._add_object(value)

    def _add_pairs(self, value: Mapping[Any, Any]) -> None:
        for key in sorted(value, key=repr):
            self._told.append(repr(key))
            self.add(value[key])

    def _add_coroutine(self, value: CoroutineType[Any, Any, Any]) -> None:
        """Where it waits, and for whom; what runs just now stands on the stack."""
        if value.cr_frame is None:
            self._told.append("ended")
            return
        self.add_frame(value.cr_frame)
        if isinstance(value.cr_await, CoroutineType):
            self.add(value.cr_await)

    def add_frame(self, frame: FrameType) -> None:
        """A function that has not come to its end."""
        self._told.append(f"{frame.f_code.co_qualname} {frame.f_lasti}")
        done_with = DONE_WITH.get(frame.f_code.co_qualname, ())
        for name, each in frame.f_locals.items():
            if name not in done_with:
                self._add_named(name, each)

    def add_stack(self, until: str) -> None:
        """Where devices and the client stand who are in the middle of something, up to the module `until`."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals["__name__"] != until:
            name = frame.f_globals["__name__"]
            if name.startswith("simulator."):
                self.add_frame(frame)
            elif name == "tests.simulation.clients":
                self._told.append(f"{frame.f_code.co_qualname} {frame.f_lasti}")
            frame = frame.f_back

    def _add_object(self, value: object) -> None:
        kind = type(value)
        if kind.__name__ in OPAQUE or kind.__module__.startswith("apsw"):
            return
        if not kind.__module__.startswith(OURS):
            raise TypeError(f"nobody has thought of {kind.__module__}.{kind.__qualname__}")
        for name in _attributes(value):
            if name not in UNREAD and hasattr(value, name):
                self._add_named(name, getattr(value, name))

    def _add_named(self, name: str, value: object) -> None:
        self._told.append(name)
        if name in MOMENTS and isinstance(value, float):
            self.add(min(self._now - value, LONG_AGO_S))
        elif name == "tape" and isinstance(value, list):
            self.add([each.text for each in value if isinstance(each, QrCode)])
        else:
            self.add(value)


def _attributes(value: object) -> list[str]:
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return [*slots, *getattr(value, "__dict__", ())]
