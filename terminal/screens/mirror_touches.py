"""Touches that come from a remote look, injected like those of a panel: through an input provider of Kivy."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from kivy.input import MotionEvent, MotionEventProvider

MAX_WAITING = 64
_PARTS = {"down": ("begin",), "up": ("end",), "tap": ("begin", "end")}


class MirrorTouch(MotionEvent):
    """A finger that is not there."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("is_touch", True)
        options.setdefault("type_id", "touch")
        super().__init__(*args, **options)

    def depack(self, args: tuple[float, float]) -> None:
        """Take a place over: shares of the panel's width and height from the bottom left."""
        self.sx, self.sy = args
        self.profile = ("pos",)
        super().depack(args)


class MirrorTouches(MotionEventProvider):
    """A queue that any thread may fill; the loop takes one part of a touch a frame, so that a press is seen."""

    def __init__(self) -> None:
        super().__init__("mirror", "")
        self._parts: queue.Queue[tuple[str, float, float]] = queue.Queue(maxsize=MAX_WAITING)
        self._finger: MirrorTouch | None = None
        self._count = 0

    def start(self) -> None:
        """Nothing to open."""

    def stop(self) -> None:
        """Nothing to close."""

    def add(self, action: str, x: float, y: float) -> None:
        """Queue a `down`, `up` or `tap`. Raises `KeyError` for another action, `queue.Full` beyond the bound."""
        for part in _PARTS[action]:
            self._parts.put_nowait((part, x, y))

    def update(self, dispatch_fn: Callable[[str, MotionEvent], None]) -> None:
        """Called by the loop before each frame."""
        try:
            part, x, y = self._parts.get_nowait()
        except queue.Empty:
            return
        if part == "begin" and self._finger is None:
            self._count += 1
            self._finger = MirrorTouch(self.device, self._count, (x, y))
            dispatch_fn("begin", self._finger)
        elif part == "end" and self._finger is not None:
            finger, self._finger = self._finger, None
            finger.move((x, y))
            finger.update_time_end()
            dispatch_fn("end", finger)
