"""Runs the visit: touches and events in, pages and effects out.

The visit itself is pure; here its effects meet the world. Everything that takes time runs beside the loop and comes
back as an event; an answer that comes after its visit has ended is dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, assert_never

from contracts.identifiers import PaymentNumber
from contracts.pages import Page, Touch, accepts
from terminal.payments.payment import Payment
from terminal.service.client_desk import ClientDesk
from terminal.service.side_work import SideWork
from terminal.visit.context import Surroundings
from terminal.visit.destinations import InsertCash, Start
from terminal.visit.effects import BeginCash, EndTender, Forget, LookUp, RecordReadings, VisitEffect
from terminal.visit.events import CashProgress, CashStage, Tick, Touched, VisitEvent
from terminal.visit.navigation import advance, begin
from terminal.visit.state import Purpose, Visit

log = logging.getLogger(__name__)

TICK_S = 1.0

Present = Callable[[Visit, Surroundings, int], Page]


class VisitRunner:
    """One client at a time."""

    def __init__(
        self, look_around: Callable[[], Surroundings], present: Present, publish: Callable[[Page], None],
        desk: ClientDesk, side: SideWork,
    ) -> None:
        self._look_around = look_around
        self._present = present
        self._publish = publish
        self._desk = desk
        self._visit = begin(look_around())
        self._page: Page | None = None
        self._turn = 0
        self._same_content_since = 0
        self._same_field_since = 0
        self._side = side

    @property
    def busy(self) -> bool:
        """Somebody is at the terminal."""
        return not isinstance(self._visit.destination, Start)

    @property
    def page(self) -> Page | None:
        return self._page

    async def run(self) -> None:
        """Let time pass."""
        while True:
            self.feed(Tick())
            await asyncio.sleep(TICK_S)

    def touched(self, touch: Touch) -> bool:
        """A touch from the screen. False when it was meant for a page that is gone, and so does nothing."""
        page = self._page
        oldest = self._same_field_since if touch.element.startswith("key-") else self._same_content_since
        if page is None or not oldest <= touch.page <= page.number or not accepts(page, touch.element):
            log.debug("touch_dropped element=%s", touch.element)
            return False
        self.feed(Touched(touch.element))
        return True

    def feed(self, event: VisitEvent) -> None:
        """Something happened."""
        surroundings = self._look_around()
        self._visit, effects = advance(self._visit, event, surroundings)
        for effect in effects:
            self._carry_out(effect)
        self._show(surroundings)

    def refresh(self) -> None:
        """The surroundings have changed: the page may have to."""
        self._show(self._look_around())

    def news_of(self, number: PaymentNumber, event: VisitEvent) -> None:
        """A desk has news of a payment; it concerns the visit if the client is still here."""
        if number == self._desk.number:
            self.feed(event)

    def resume(self, payment: Payment) -> None:
        """After a restart: money is in and the client may still be here; show the page they were on."""
        surroundings = self._look_around()
        self._turn += 1
        self._desk.resume(payment)
        place = InsertCash(payment.due, CashProgress(payment.inserted, CashStage.OPENING))
        self._visit = replace(begin(surroundings), destination=place, purpose=Purpose.PAY)
        self._show(surroundings)

    def _show(self, surroundings: Surroundings) -> None:
        number = self._page.number if self._page else 0
        page = self._present(self._visit, surroundings, number)
        if page != self._page:
            self._turn_to(replace(page, number=number + 1))

    def _turn_to(self, page: Page) -> None:
        """Publish; and remember since when a touch means the same: quick digits and the answer to a warning that
        counts down must not be lost because a newer page is on its way."""
        before = self._page
        if before is None or replace(before, number=0, warning=None) != replace(page, number=0, warning=None):
            self._same_content_since = page.number
        if before is None or _entry_of(before) != _entry_of(page):
            self._same_field_since = page.number
        self._page = page
        self._publish(page)

    def _carry_out(self, effect: VisitEffect) -> None:
        match effect:
            case LookUp(account=account):
                self._beside(self._desk.look_up(account))
            case RecordReadings(readings=readings):
                self._beside(self._desk.record_readings(readings))
            case BeginCash(due=due):
                self._beside(self._desk.begin_cash(due))
            case EndTender():
                event = self._desk.end_tender()
                if event is not None:
                    asyncio.get_running_loop().call_soon(self.feed, event)
            case Forget():
                self._turn += 1
                self._desk.forget()
            case _:
                assert_never(effect)

    def _beside(self, work: Coroutine[Any, Any, VisitEvent | None]) -> None:
        """Run beside the loop; the answer comes back as an event of this visit or not at all."""
        self._side.start(self._answer(work, self._turn))

    async def _answer(self, work: Coroutine[Any, Any, VisitEvent | None], turn: int) -> None:
        event = await work
        if event is not None and turn == self._turn:
            self.feed(event)


def _entry_of(page: Page) -> tuple[object, ...]:
    """What is being typed on a page, whatever has been typed so far."""
    field = page.field
    return page.kind, page.language, page.heading, field and (field.name, field.label)
