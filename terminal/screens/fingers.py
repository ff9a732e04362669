"""One finger at a time: what it lies on, and what it lets go of.

A touch counts when the finger is lifted inside the element on which it was put down; sliding off takes it back. A
second finger is ignored, so two buttons cannot be pressed at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kivy.input import MotionEvent
from kivy.uix.widget import Widget

from terminal.screens.widgets.pressable import Pressable

LOST_FINGER_S = 10.0
"""A finger whose lifting was never reported no longer keeps others out after so long."""


def pressables(root: Widget) -> Iterator[Pressable]:
    """Everything below `root` that is on the glass and can be touched, whether or not it is enabled."""
    if root.opacity == 0 or getattr(root, "absent", False):
        return
    if isinstance(root, Pressable) and root.width > 0 and root.element:
        yield root
    for child in root.children:
        yield from pressables(child)


class Fingers:
    """Follows the finger over the elements that `candidates` gives."""

    def __init__(self, candidates: Callable[[], list[Pressable]], released: Callable[[str], None]) -> None:
        self._candidates = candidates
        self._released = released
        self._touch: Any = None
        self._held: Pressable | None = None

    def down(self, touch: MotionEvent) -> None:
        if _is_wheel_or_side_button(touch):
            return
        if self._touch is not None and touch.time_start - self._touch.time_start < LOST_FINGER_S:
            return
        self.cancel()
        self._touch = touch
        self._held = next((each for each in self._candidates() if each.collide_point(*touch.pos)), None)
        if self._held is not None and self._held.enabled:
            self._held.pressed = True

    def move(self, touch: MotionEvent) -> None:
        if touch is self._touch and self._held is not None:
            self._held.pressed = self._held.enabled and self._held.collide_point(*touch.pos)

    def up(self, touch: MotionEvent) -> None:
        if touch is not self._touch:
            return
        held = self._held
        inside = held is not None and held.enabled and held.collide_point(*touch.pos)
        element = held.element if held is not None else ""
        self.cancel()
        if inside:
            self._released(element)

    def cancel(self) -> None:
        """Let go without an effect: the page under the finger has changed."""
        if self._held is not None:
            self._held.pressed = False
        self._touch = self._held = None


def _is_wheel_or_side_button(touch: MotionEvent) -> bool:
    return "button" in touch.profile and touch.button != "left"
