"""A client at the terminal: reads the page, does what it asks, and stays when the screen goes dark for a moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Protocol

from contracts.pages import Page, PageKind, Touch, accepts
from simulator.billing_host.demo_accounts import DEBTOR
from tests.support.terminal_world import TerminalWorld

LOOK_S = 0.25
VISIT_LIMIT_S = 600.0


class Terminal(Protocol):
    """What a client sees and can reach of a terminal, real or on virtual time."""

    @property
    def page(self) -> Page | None:
        """None while the screen is dark."""
        ...

    def touch(self, page: int, element: str) -> None: ...

    @property
    def takes_notes(self) -> bool:
        """The slot is lit and free."""
        ...

    def insert(self, rubles: int) -> None: ...

    @property
    def given_back(self) -> Counter[int]:
        """Notes that have ever come out again, by value."""
        ...


class Person:
    """Pays one account with the given notes."""

    def __init__(self, terminal: Terminal, notes: list[int], account: str = DEBTOR) -> None:
        self.terminal = terminal
        self.account = account
        self.notes = list(notes)
        """Still in the purse."""
        self.began = False
        self._taken_back: Counter[int] = Counter(terminal.given_back)
        self.outcomes: list[str] = []
        self.seen: list[PageKind] = []

    async def pay(self) -> None:
        """Until the outcome has been read, or nothing more can be done."""
        async with asyncio.timeout(VISIT_LIMIT_S):
            while not self.outcomes:
                self.step()
                await asyncio.sleep(LOOK_S)

    def step(self) -> None:
        """Look at the screen once and do what it asks."""
        page = self.terminal.page
        if page is None:
            return
        if not self.seen or self.seen[-1] is not page.kind:
            self.seen.append(page.kind)
        match page.kind:
            case PageKind.START if self.began and not self._purse():
                self.outcomes.append("back at the start")
            case PageKind.START | PageKind.ACCOUNT_CARD:
                self._touch(page, "pay")
            case PageKind.ACCOUNT_ENTRY:
                self._type(page)
            case PageKind.AMOUNT:
                self._touch(page, next(each.name for each in page.buttons if each.name.startswith("amount-")))
            case PageKind.QUESTION:
                self._touch(page, "agree")
                self._touch(page, "finish")
            case PageKind.INSERT_CASH:
                self._insert(page)
            case PageKind.OUTCOME | PageKind.UNKNOWN_OUTCOME:
                self.outcomes.append(page.heading)
            case _:
                pass

    def _type(self, page: Page) -> None:
        """The keys that are missing; each is touched on the page that the one before has brought."""
        field = page.field
        assert field is not None
        typed = "".join(each for each in field.value if each.isdigit())
        if typed == self.account:
            self._touch(page, "next")
        elif self.account.startswith(typed):
            self._touch(page, f"key-{self.account[len(typed)]}")
        else:
            self._touch(page, "key-clear")

    def _insert(self, page: Page) -> None:
        self.began = True
        if not self.terminal.takes_notes:
            return
        if self._purse():
            self.terminal.insert(self.notes.pop(0))
        elif page.button("finish") is not None:
            self._touch(page, "finish")
        else:
            self._touch(page, "exit")

    def _purse(self) -> list[int]:
        """Notes that came out again go back into the purse, and will be tried once more."""
        given_back = self.terminal.given_back
        self.notes += (given_back - self._taken_back).elements()
        self._taken_back = Counter(given_back)
        return self.notes

    def _touch(self, page: Page, element: str) -> None:
        if accepts(page, element):
            self.terminal.touch(page.number, element)


class VirtualTerminal:
    """Implements `Terminal` over a world on virtual time."""

    def __init__(self, world: TerminalWorld) -> None:
        self._world = world

    @property
    def page(self) -> Page | None:
        life = self._world.life
        return None if life is None or life.ended else life.service.visits.page

    def touch(self, page: int, element: str) -> None:
        life = self._world.life
        assert life is not None
        life.service.visits.touched(Touch(page, element))

    @property
    def takes_notes(self) -> bool:
        firmware = self._world.acceptor.firmware
        return firmware.status.name == "IDLING" and firmware.event is None

    def insert(self, rubles: int) -> None:
        self._world.acceptor.firmware.insert(rubles)

    @property
    def given_back(self) -> Counter[int]:
        return Counter(self._world.acceptor.places.pocket)
