"""Between the socket and the glass: the newest page in, the touches that count out. Knows nothing of Kivy."""

from __future__ import annotations

import logging

from contracts.envelope import Refused, Shown
from contracts.pages import Page, PageKind
from terminal.screens.connection import ServiceConnection
from terminal.screens.fallback import NO_PAGE, ONE_MOMENT, own_page
from terminal.screens.touch_gate import TouchGate

log = logging.getLogger(__name__)


class KioskSession:
    """Says what to draw. `now` is a monotonic time in seconds."""

    def __init__(self, connection: ServiceConnection, now: float) -> None:
        self._connection = connection
        self._gate = TouchGate()
        self._lost_at = now
        self._opened = 0
        self.page: Page = ONE_MOMENT
        """What belongs on the glass."""

    @property
    def working(self) -> bool:
        """Whether the client should see that something is being done about the last touch."""
        if self.page.kind is PageKind.WAIT:
            return False  # the page itself says so
        return self.page.busy or self._gate.waits_for_answer

    def tick(self, now: float) -> bool:
        """Read the socket and send the touches that are due. True when another page belongs on the glass."""
        newest: Page | None = None
        for message in self._connection.poll(now):
            match message:
                case Page():
                    newest = message
                case Refused(reason=reason):
                    log.warning("service_refused", extra={"reason": reason})
                case _:
                    log.warning("message_unexpected", extra={"message_kind": type(message).__name__})
        changed = self._take(newest, now)
        self._send_due(now)
        return changed

    def touched(self, element: str, now: float) -> bool:
        """The client let go of an element. True when the touch counts."""
        counted = self._gate.press(element, now)
        self._send_due(now)
        return counted

    def await_answer(self, seconds: float) -> None:
        """Wait for the service to say something, but no longer than that."""
        self._connection.await_news(seconds)

    def drawn(self, number: int, now: float) -> None:
        """The frame with that page is on the glass."""
        if number != NO_PAGE:
            self._connection.send(Shown(number), now)

    def close(self) -> None:
        """Let the service go."""
        self._connection.close()

    def _take(self, newest: Page | None, now: float) -> bool:
        if self._connection.opened != self._opened:
            self._opened = self._connection.opened
            self._gate.show(None, now)
        if not self._connection.connected:
            return self._show_own(now)
        if newest is None:
            if self.page.number == NO_PAGE:
                return self._show_own(now)
            return False
        self._lost_at = now
        self._gate.show(newest, now)
        self.page = newest
        return True

    def _show_own(self, now: float) -> bool:
        if self.page.number != NO_PAGE:
            self._lost_at = now
            self._gate.show(None, now)
        page = own_page(now - self._lost_at)
        changed = page is not self.page
        self.page = page
        return changed

    def _send_due(self, now: float) -> None:
        touch = self._gate.due(now)
        if touch is not None:
            log.debug("touch_sent", extra={"page": touch.page})
            self._connection.send(touch, now)
