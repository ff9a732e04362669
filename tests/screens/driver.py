"""Turns the kiosk's loop by hand: frames, taps, pixels and a clock that stands still unless it is moved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import Metrics
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from PIL import Image

from contracts.envelope import Shown
from contracts.pages import Page, Touch
from terminal.screens.kiosk import Kiosk
from terminal.screens.settings import KioskSettings
from terminal.screens.widgets.pressable import Pressable
from tests.screens.scripted_service import ScriptedService

LAYOUT_ROUNDS = 3
"""Words wrap in one round, what holds them grows in the next, the rest moves in the last."""

PANELS = {
    "portrait": KioskSettings("", "portrait", 1080, 1920, 102, "default", False, True, None),
    "landscape": KioskSettings("", "landscape", 1280, 1024, 86, "default", False, True, None),
}


class Finger(MotionEvent):
    """A finger of a test."""

    def __init__(self, x: float, y: float) -> None:
        super().__init__("test", id(self), {"x": x, "y": y}, is_touch=True, type_id="touch")

    def depack(self, args: dict[str, float]) -> None:
        self.sx, self.sy = args["x"] / Window.width, args["y"] / Window.height
        self.profile = ("pos",)
        super().depack(args)


class Driver:
    """One kiosk on one panel, its loop in the test's hands."""

    def __init__(self, settings: KioskSettings) -> None:
        self.settings = settings
        self.time = 1000.0
        Metrics.dpi = settings.dpi
        Clock._max_fps = 0  # nobody looks: no frame needs to wait for its time
        Window.size = (settings.width_px, settings.height_px)
        self.service = ScriptedService(settings.socket_path)
        self.kiosk = Kiosk(settings, local_time=lambda: "12:34", now=lambda: self.time)
        self.kiosk.start()
        self.number = 0
        self.wait(lambda: self.service.has_kiosk)

    @property
    def mm(self) -> float:
        """Pixels in a millimetre."""
        return self.settings.dpi / 25.4

    def close(self) -> None:
        self.kiosk.close()
        self.service.close()
        os.unlink(self.settings.socket_path)
        for provider in list(EventLoop.input_providers):
            EventLoop.remove_input_provider(provider)

    def restart_service(self) -> None:
        """A service that starts anew on the same path."""
        os.unlink(self.settings.socket_path)
        self.service = ScriptedService(self.settings.socket_path)

    def frames(self, count: int) -> None:
        for _ in range(count):
            EventLoop.idle()
            self.service.poll()

    def wait(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        """Turn the loop until something is so; fail when it is not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "condition was not reached in time"
            self.frames(1)

    def show(self, page: Page) -> None:
        """Publish a page under the next number, wait until it is on the glass and its guard time is over."""
        self.number += 1
        self.service.publish(replace(page, number=self.number))
        shown = Shown(self.number)
        self.wait(lambda: shown in self.service.received)
        self.time += 1.0
        self.frames(2)

    def lay_out(self, page: Page) -> None:
        """Place everything of a page without drawing a frame: for rules of geometry."""
        self.kiosk.shell.show(page)
        for _ in range(LAYOUT_ROUNDS):
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()
            Builder.sync()

    def touches(self) -> list[Touch]:
        """What the service was told to have been touched."""
        self.frames(2)
        return [each for each in self.service.received if isinstance(each, Touch)]

    def widgets(self, root: Widget | None = None) -> Iterator[Widget]:
        """Everything that is on the glass."""
        root = root or self.kiosk.shell
        if root.opacity == 0 or getattr(root, "absent", False):
            return
        yield root
        for child in root.children:
            yield from self.widgets(child)

    def labels(self) -> list[Label]:
        return [each for each in self.widgets() if isinstance(each, Label) and each.text]

    def pressables(self) -> dict[str, Pressable]:
        return {each.element: each for each in self.kiosk.shell.touchables()}

    def down(self, element: str) -> Finger:
        finger = Finger(*self.pressables()[element].center)
        EventLoop.post_dispatch_input("begin", finger)
        return finger

    def up(self, finger: Finger) -> None:
        EventLoop.post_dispatch_input("end", finger)

    def tap(self, element: str) -> None:
        """Touch and let go, inside one frame."""
        self.up(self.down(element))

    def picture(self) -> Image.Image:
        """The panel as it is drawn now."""
        taken: list[bytes] = []

        def take(_: object) -> None:
            taken.append(glReadPixels(0, 0, *Window.system_size, GL_RGBA, GL_UNSIGNED_BYTE))

        Window.canvas.ask_update()
        Window.bind(on_flip=take)
        self.frames(1)
        Window.unbind(on_flip=take)
        whole = Image.frombuffer("RGBA", Window.system_size, taken[-1], "raw", "RGBA", 0, -1)
        return whole.convert("RGB")


def settings_for(panel: str, directory: Path, *, theme: str = "default", mirror: bool = False) -> KioskSettings:
    """Settings with sockets in a directory of the test."""
    return replace(PANELS[panel], socket_path=str(directory / "service.sock"), theme_name=theme,
                   mirror_socket=str(directory / "mirror.sock") if mirror else None)


