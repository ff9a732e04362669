"""Plays a visit without a window: a list of steps, each "expect this page, do that on it".

`VisitPlayer` stands for the service: it keeps the visit, the clock and what the visit has asked for, and lets
a touch through only if the present page accepts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from contracts.pages import Page, PageKind, accepts
from terminal.content.languages import load_languages
from terminal.visit.context import Surroundings
from terminal.visit.effects import VisitEffect
from terminal.visit.events import Tick, Touched, VisitEvent
from terminal.visit.navigation import advance, begin
from terminal.visit.presentation import present

LANGUAGES = load_languages()


@dataclass(frozen=True, slots=True)
class FlowStep:
    """On a page of this kind that `says` this: type `keys`, touch `touch`, then hear `answer` from the world.

    `asks` is what the visit must have asked the service for by the end of the step; None for nothing.
    """

    page: PageKind
    touch: str = ""
    keys: str = ""
    says: str = ""
    asks: VisitEffect | None = None
    answer: VisitEvent | None = None


class VisitPlayer:
    """One terminal, one visit after another."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.visit = begin(surroundings)
        self.asked: list[VisitEffect] = []
        """Everything that the visit has asked for, oldest first."""
        self._number = 0

    @property
    def page(self) -> Page:
        self._number += 1
        return present(self.visit, self.surroundings, LANGUAGES[self.visit.language], self._number)

    def hear(self, event: VisitEvent) -> None:
        self.visit, effects = advance(self.visit, event, self.surroundings)
        self.asked += effects

    def touch(self, element: str) -> None:
        page = self.page
        assert accepts(page, element), f"{element} cannot be touched on {page.kind}: {page.buttons}"
        self.hear(Touched(element))

    def type(self, digits: str) -> None:
        for digit in digits:
            self.touch(f"key-{digit}")

    def wait(self, seconds: float) -> None:
        """Let the time pass in ticks of a second, the last one shorter if need be."""
        end = self.surroundings.now_s + seconds
        while self.surroundings.now_s < end:
            self.change(now_s=min(end, self.surroundings.now_s + 1.0))
            self.hear(Tick())

    def change(self, **values: Any) -> None:
        """The world around the visit changes."""
        self.surroundings = replace(self.surroundings, **values)

    def play(self, *steps: FlowStep) -> None:
        for number, step in enumerate(steps, 1):
            self._play(step, f"step {number}")

    def _play(self, step: FlowStep, where: str) -> None:
        page = self.page
        assert page.kind is step.page, f"{where}: expected {step.page}, got {page.kind} {page.heading!r}"
        assert step.says in page_text(page), f"{where}: {step.says!r} is not said in {page_text(page)!r}"
        asked_before = len(self.asked)
        self.type(step.keys)
        if step.touch:
            self.touch(step.touch)
        asked = self.asked[asked_before:]
        assert asked == ([] if step.asks is None else [step.asks]), f"{where}: asked for {asked}"
        if step.answer is not None:
            self.hear(step.answer)


def page_texts(page: Page) -> Iterable[str]:
    """Every text on the page that a client reads."""
    yield from (page.heading, page.lead, page.step_text, page.footer)
    for notice in page.notices:
        yield notice.text
    for row in page.rows:
        yield from (row.label, row.value)
    for figure in page.figures:
        yield from (figure.label, figure.value)
    if page.field is not None:
        yield from (page.field.label, page.field.value, page.field.hint, page.field.unit, page.field.error)
    for button in page.buttons:
        yield from (button.label, button.detail)
    if page.warning is not None:
        yield page.warning.text


def page_text(page: Page) -> str:
    """All of it in one, no-break spaces as plain ones."""
    return "\n".join(each for each in page_texts(page) if each).replace("\u00a0", " ")
