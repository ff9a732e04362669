"""Sums and lists of notes in the words of a page."""

from __future__ import annotations

from contracts.money import NO_BREAK_SPACE, Money
from terminal.visit.context import Surroundings
from terminal.visit.pages.scene import Scene
from terminal.visit.wording import number_text


def note_list(surroundings: Surroundings) -> str:
    """`100, 500, 1 000 ₽`."""
    values = ", ".join(number_text(each.kopecks // 100) for each in surroundings.note_values)
    return f"{values}{NO_BREAK_SPACE}₽"


def due_text(scene: Scene, due: Money) -> str:
    """What is owed, or by how much the account is ahead: a sign is easily overlooked."""
    if due.kopecks < 0:
        return scene.text("advance {amount}", amount=-due)
    return str(due)


def pay_label(scene: Scene, due: Money) -> str:
    """What the button to pay says."""
    return scene.text("Pay {amount}", amount=due) if due.kopecks > 0 else scene.text("Pay in advance")
