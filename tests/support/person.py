"""A client at the terminal: reads the page, does what it asks, and stays when the screen goes dark for a moment."""

from __future__ import annotations

import asyncio
from collections import Counter

from contracts.pages import PageKind, Touch, accepts
from simulator.billing_host.demo_accounts import DEBTOR
from tests.support.terminal_world import Life, TerminalWorld

LOOK_S = 0.25
VISIT_LIMIT_S = 600.0


class Person:
    """Pays one account with the given notes."""

    def __init__(self, world: TerminalWorld, notes: list[int], account: str = DEBTOR) -> None:
        self.world = world
        self.account = account
        self.notes = list(notes)
        """Still in the purse."""
        self.began = False
        self._taken_back: Counter[int] = Counter()
        self.outcomes: list[str] = []
        self.seen: list[PageKind] = []

    async def pay(self) -> None:
        """Until the outcome has been read, or nothing more can be done."""
        async with asyncio.timeout(VISIT_LIMIT_S):
            while not self.outcomes:
                life = self.world.life
                if life is not None and not life.ended and life.service.visits.page is not None:
                    self._act(life)
                await asyncio.sleep(LOOK_S)

    def _act(self, life: Life) -> None:
        page = life.page
        if not self.seen or self.seen[-1] is not page.kind:
            self.seen.append(page.kind)
        match page.kind:
            case PageKind.START if self.began and len(self.notes) == 0:
                self.outcomes.append("back at the start")
            case PageKind.START:
                self._touch(life, "pay")
            case PageKind.ACCOUNT_ENTRY:
                self._type(life)
            case PageKind.ACCOUNT_CARD:
                self._touch(life, "pay")
            case PageKind.AMOUNT:
                first = next(button.name for button in page.buttons if button.name.startswith("amount-"))
                self._touch(life, first)
            case PageKind.QUESTION:
                self._touch(life, "agree")
                self._touch(life, "finish")
            case PageKind.INSERT_CASH:
                self._insert(life)
            case PageKind.OUTCOME | PageKind.UNKNOWN_OUTCOME:
                self.outcomes.append(page.heading)
            case _:
                pass

    def _type(self, life: Life) -> None:
        field = life.page.field
        assert field is not None
        for digit in self.account[len(field.value.replace(" ", "").replace("\u00a0", "")):]:
            self._touch(life, f"key-{digit}")
        self._touch(life, "next")

    def _insert(self, life: Life) -> None:
        self.began = True
        self._take_back()
        firmware = self.world.acceptor.firmware
        if firmware.status.name != "IDLING" or firmware.event is not None:
            return
        if self.notes:
            firmware.insert(self.notes.pop(0))
        elif life.page.button("finish") is not None:
            self._touch(life, "finish")
        else:
            self._touch(life, "exit")

    def _take_back(self) -> None:
        """Notes that came out again go back into the purse, and will be tried once more."""
        pocket = self.world.acceptor.places.pocket
        self.notes += (pocket - self._taken_back).elements()
        self._taken_back = Counter(pocket)

    def _touch(self, life: Life, element: str) -> None:
        if accepts(life.page, element):
            life.service.visits.touched(Touch(life.page.number, element))
