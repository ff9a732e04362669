"""The drawing half of the kiosk: one window, one loop, the session behind it."""

from __future__ import annotations

import importlib
import logging
import signal
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from kivy.base import EventLoop, ExceptionHandler, ExceptionManager, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import glFinish

from contracts.life_signs import PERIOD_S
from contracts.pages import PageKind
from terminal.screens import look, memory, theme
from terminal.screens.connection import ServiceConnection
from terminal.screens.fallback import NO_PAGE
from terminal.screens.life_sign_sender import LifeSignSender
from terminal.screens.redrawing import Redrawing
from terminal.screens.session import KioskSession
from terminal.screens.settings import KioskSettings
from terminal.screens.shell import Shell

if TYPE_CHECKING:
    from terminal.screens.mirror import Mirror

log = logging.getLogger(__name__)

ANSWER_S = 0.012
"""So long the service may take to answer a touch before a frame without its answer is drawn: it mostly needs less, and
a frame that only shows the touch would come before the one that the client waits for."""
WARM_UP_S = 0.15
"""Between two bodies built ahead of their first visit, once the first frame is on the glass."""


class Kiosk:
    """Draws what the session says. `now` is a monotonic time in seconds, `local_time` the clock's text."""

    def __init__(
        self, settings: KioskSettings, local_time: Callable[[], str], now: Callable[[], float] = Clock.time
    ) -> None:
        self._settings = settings
        self._now = now
        self._local_time = local_time
        self.session = KioskSession(ServiceConnection(settings.socket_path), now())
        self._look = look.install(theme.load(settings.theme_name), landscape=settings.panel == "landscape")
        self.shell = Shell(self._look, self._touched)
        self.redrawing = Redrawing(self.shell)
        self._life_signs = LifeSignSender.from_environment()
        self._mirror: Mirror | None = None
        self._not_yet_built = list(PageKind)
        self._undrawn: int | None = None
        self._visited = False
        """Whether there was anything but the start page since memory was given back."""
        self._rested = False
        """Whether the start page was there a second ago, after a visit."""
        self.frames = 0
        self.loop_ticks = 0
        self.exit_code = 0

    def run(self) -> int:
        """Until SIGTERM, SIGINT or a fault; see `kiosk_app.run`."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        ExceptionManager.add_handler(_EndsTheProcess(self))
        self.start()
        try:
            EventLoop.mainloop()
        finally:
            stopTouchApp()
            self.close()
        return self.exit_code

    def start(self) -> None:
        """Open the window and put the first page on it; the caller turns the loop."""
        self.shell.clock = self._local_time()
        self.shell.show(self.session.page)
        self.shell.show_working(self.session.working)
        Window.clearcolor = self._look.colours.background
        Window.bind(on_request_close=_refuse, on_draw=self.redrawing.draw, on_flip=self._flip)
        runTouchApp(self.shell, embedded=True)
        Clock.schedule_interval(self._tick, 0)
        Clock.schedule_interval(self._each_second, PERIOD_S)

    def close(self) -> None:
        """Let go of sockets and of the window's events."""
        Clock.unschedule(self._tick)
        Clock.unschedule(self._each_second)
        Clock.unschedule(self._build_one_ahead)
        Window.unbind(on_request_close=_refuse, on_draw=self.redrawing.draw, on_flip=self._flip)
        Window.remove_widget(self.shell)
        self.session.close()
        if self._mirror is not None:
            self._mirror.close()
        if self._life_signs is not None:
            self._life_signs.close()

    def fail(self) -> None:
        """End with an error after a fault that was logged."""
        self.exit_code = 1
        EventLoop.close()

    def _tick(self, _: float) -> None:
        self.loop_ticks += 1
        self._take_news()
        if self._mirror is not None:
            self._mirror.serve()

    def _take_news(self) -> None:
        if self.session.tick(self._now()):
            self.shell.show(self.session.page)
            self._undrawn = self.session.page.number
            self._visited = self._visited or self.session.page.kind is not PageKind.START
        self.shell.show_working(self.session.working)

    def _touched(self, element: str) -> None:
        if self.session.touched(element, self._now()):
            self.session.await_answer(ANSWER_S)
            self._take_news()

    def _flip(self, _: object) -> bool:
        """Swap the frame here rather than in Kivy's own handler: what follows must know that it is on the glass."""
        if self._mirror is not None:
            self._mirror.frame_drawn()
        Window.flip()
        if self._settings.offscreen:
            glFinish()  # nothing else waits for the frame, and unfinished frames would pile up in memory
        self.frames += 1
        if self.frames == 1:
            self._open_mirror()
            Clock.schedule_interval(self._build_one_ahead, WARM_UP_S)
        if self._undrawn not in (None, NO_PAGE):
            self.session.drawn(self._undrawn, self._now())
        self._undrawn = None
        return True

    def _open_mirror(self) -> None:
        if self._settings.mirror_socket:
            self._mirror = _mirror(self._settings.mirror_socket, self.shell)
            self._mirror.start()

    def _each_second(self, _: float) -> None:
        self.shell.clock = self._local_time()
        Window.canvas.ask_update()
        if self._life_signs is not None:
            self._life_signs.send(frames=self.frames, loop_ticks=self.loop_ticks)
        self._give_back_at_rest()

    def _give_back_at_rest(self) -> None:
        """Once after each visit, and not in the second in which it ends: the page that leaves and the renderer's lists
        of its last frame are let go of by the frames that follow, and what is freed later would be kept."""
        resting = self._visited and self.session.page.kind is PageKind.START
        if resting and self._rested:
            self._visited = resting = False
            memory.give_back()
        self._rested = resting

    def _build_one_ahead(self, _: float) -> bool:
        if self._not_yet_built:
            self.shell.body_of(self._not_yet_built.pop(0))
            return True
        memory.keep_what_there_is()
        return False

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        EventLoop.close()


class _EndsTheProcess(ExceptionHandler):
    """A fault in a callback leaves the glass in an unknown state, so the process ends."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    def handle_exception(self, inst: BaseException) -> int:
        if isinstance(inst, KeyboardInterrupt | SystemExit):
            return int(ExceptionManager.RAISE)
        log.critical("kiosk_failed", exc_info=inst)
        self._kiosk.fail()
        return int(ExceptionManager.PASS)


def _mirror(path: str, shell: Shell) -> Mirror:
    """Loaded only where somebody may look: most kiosks have no mirror, and the first frame waits for every import."""
    mirror: Mirror = importlib.import_module("terminal.screens.mirror").Mirror(path, shell)
    return mirror


def _refuse(*_: object, **__: object) -> bool:
    return True
