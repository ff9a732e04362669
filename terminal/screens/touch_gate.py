"""Which touches go to the service, with which page number, and when.

Promises: a touch never reaches a page that the client has not seen; one button touch a page; a double tap counts
once; quick digits are never lost and keep their order. Nobody is hurried: keys wait here until the service has
answered the one before, because the service drops a touch on a page that is gone.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from contracts.pages import EXIT, EXTEND, LANGUAGE, Page, Touch, accepts

GUARD_S = 0.3
"""After a page that asks something else appears, so long a touch was still meant for the old one."""
DOUBLE_TAP_S = 0.3
"""The same button touched again within this time is the same wish."""
ANSWER_WAIT_S = 0.5
"""How long a key waits for the page that answers the key before it."""
MAX_WAITING = 32
"""Touches held back at most; nobody types as many within one answer."""
_ALWAYS_OPEN = (EXIT, EXTEND, LANGUAGE)
"""Offered by the page even while the service is busy."""


@dataclass(frozen=True, slots=True)
class _Sent:
    touch: Touch
    at: float


class TouchGate:
    """Judges touches; `now` is a monotonic time in seconds."""

    def __init__(self) -> None:
        self._page: Page | None = None
        self._guard_until = 0.0
        self._waiting: deque[str] = deque()
        self._in_flight: _Sent | None = None
        self._last_button: _Sent | None = None

    def show(self, page: Page | None, now: float) -> None:
        """A page came onto the glass; None when the glass shows nothing of the service's."""
        old, self._page = self._page, page
        if page is None or old is None or page.number < old.number:
            self._in_flight = self._last_button = None
        if old is None or page is None or _question(page) != _question(old):
            self._guard_until = now + GUARD_S
            self._waiting.clear()

    def press(self, element: str, now: float) -> bool:
        """The client let go of an element. True when the touch counts; `due` then gives it out."""
        page = self._page
        if page is None or now < self._guard_until or not accepts(page, element):
            return False
        if len(self._waiting) >= MAX_WAITING or self._button_pending(page):
            return False
        if not _is_key(element) and not self._may_act(page, element, now):
            return False
        self._waiting.append(element)
        return True

    def due(self, now: float) -> Touch | None:
        """The next touch to send, if its turn has come."""
        page = self._page
        if page is None or not self._waiting or self._awaits_answer(page, now):
            return None
        element = self._waiting.popleft()
        if not accepts(page, element):
            return None
        self._in_flight = _Sent(Touch(page.number, element), now)
        if not _is_key(element):
            self._last_button = self._in_flight
        return self._in_flight.touch

    @property
    def waits_for_answer(self) -> bool:
        """True from a counted button touch until the service publishes its answer."""
        return self._page is not None and self._button_pending(self._page)

    def _button_pending(self, page: Page) -> bool:
        if any(not _is_key(each) for each in self._waiting):
            return True
        return self._last_button is not None and page.number <= self._last_button.touch.page

    def _may_act(self, page: Page, element: str, now: float) -> bool:
        last = self._last_button
        if last is not None and last.touch.element == element and now - last.at < DOUBLE_TAP_S:
            return False
        return not page.busy or element in _ALWAYS_OPEN

    def _awaits_answer(self, page: Page, now: float) -> bool:
        sent = self._in_flight
        return sent is not None and page.number <= sent.touch.page and now - sent.at < ANSWER_WAIT_S


def _is_key(element: str) -> bool:
    return element.startswith("key-")


def _question(page: Page) -> tuple[str, ...]:
    """What the client is asked: a page that asks something else needs a fresh look before it is touched."""
    return page.kind, page.heading, page.lead, page.field.name if page.field else ""
