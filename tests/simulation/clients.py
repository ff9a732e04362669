"""Clients of all kinds: quick and slow, decided and hesitant; some walk away, some press what they should not.

A client sees the page and the light at the slot, touches and inserts; everything it does is drawn from the seed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from contracts.pages import EXIT, EXTEND, KEY_CLEAR, Page, PageKind, accepts
from simulator.billing_host.demo_accounts import ALWAYS_READ, DEBTOR
from terminal.devices.ccnet.wire import Status

if TYPE_CHECKING:
    from tests.simulation.world import World

ACCOUNTS = (DEBTOR, ALWAYS_READ)
NOTES = (50, 100, 200, 500, 1000, 2000, 5000)
MOST_NOTES = 4
RICH = 0.15
"""Share of the clients with large notes only, who come up against what may be paid in at once."""
GIVES_UP_AFTER_S = 90.0
"""A client whose terminal does nothing for so long goes away."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a client behaves. Shares are chances at each look at the screen."""

    think_s: tuple[float, float] = (0.02, 0.3)
    walks_away: float = 0.0
    presses_exit: float = 0.0
    """While notes are being taken, escrow included."""
    double_taps: float = 0.0
    pushes_blindly: float = 0.0
    """Puts a note into a slot that is not lit for it: after the time-out, while the computer is dark."""
    mistypes: float = 0.0
    waits_for_the_note: bool = False
    """Asks for more time as long as a note is on its way, however long that is."""


def draw_manner(random: Random) -> Manner:
    """Half of the clients do nothing odd."""
    if random.random() < 0.5:
        return Manner()
    return Manner(
        think_s=(0.02, random.choice((0.1, 0.5, 3.0))),
        walks_away=random.choice((0.0, 0.0, 0.02)),
        presses_exit=random.choice((0.0, 0.05, 0.3)),
        double_taps=random.choice((0.0, 0.3)),
        pushes_blindly=random.choice((0.0, 0.0, 0.1)),
        mistypes=random.choice((0.0, 0.05)),
        waits_for_the_note=random.random() < 0.3,
    )


class Client:
    """One visit of one person, from the start page until they leave."""

    def __init__(
        self, world: World, random: Random, manner: Manner, notes: tuple[int, ...] | None = None
    ) -> None:
        self._world = world
        self._random = random
        self._manner = manner
        self.account = random.choice(ACCOUNTS)
        values = NOTES if random.random() > RICH else NOTES[-1:]
        drawn = [random.choice(values) for _ in range(random.randint(1, MOST_NOTES))]
        self.notes = drawn if notes is None else list(notes)
        self.happened: Counter[str] = Counter()
        self._has_begun = False
        self._since = world.loop.time()
        self._seen: object = None

    async def visit(self) -> None:
        """Until the person is satisfied, or has had enough."""
        for _ in self._looks():
            await asyncio.sleep(self._random.uniform(*self._manner.think_s))

    def _looks(self) -> Iterator[None]:
        while True:
            page = self._world.page
            if page is not None and (page.kind, page.number) != self._seen:
                self._seen, self._since = (page.kind, page.number), self._world.loop.time()
            if self._has_had_enough():
                self.happened["client-walks-away"] += 1
                return
            if page is None and self._chance(self._manner.pushes_blindly):
                self._push("client-pushes-in-the-dark")
            if page is not None and self._look(page):
                return
            yield

    def _has_had_enough(self) -> bool:
        if self._waits_for_a_note:
            return False
        is_late = self._world.loop.time() - self._since > GIVES_UP_AFTER_S
        return is_late or self._chance(self._manner.walks_away)

    @property
    def _waits_for_a_note(self) -> bool:
        """Whether a note of which nobody has heard keeps the client here."""
        return self._manner.waits_for_the_note and bool(self._world.truth.books.pending_notes())

    def _chance(self, share: float) -> bool:
        return share > 0 and self._random.random() < share

    def _look(self, page: Page) -> bool:
        """Do what the page asks for. True when the visit is over."""
        self._world.truth.shows(page)
        if self._chance(self._manner.pushes_blindly):
            self._push("client-pushes-blindly")
        match page.kind:
            case PageKind.START:
                if self._has_begun:
                    return True
                self._touch(page, "pay")
            case PageKind.ACCOUNT_CARD:
                self._has_begun = True
                self._touch(page, "pay")
            case PageKind.ACCOUNT_ENTRY:
                self._type(page)
            case PageKind.AMOUNT:
                self._touch(page, next(each.name for each in page.buttons if each.name.startswith("amount-")))
            case PageKind.QUESTION:
                self._touch(page, "finish" if page.button("finish") else "agree")
            case PageKind.INSERT_CASH:
                self._pay(page)
            case PageKind.OUTCOME | PageKind.UNKNOWN_OUTCOME:
                self.happened[f"client-sees-{page.kind}"] += 1
                self._touch(page, EXIT)
                return True
            case _:
                self._touch(page, EXTEND)
        return False

    def _type(self, page: Page) -> None:
        assert page.field is not None
        typed = "".join(each for each in page.field.value if each.isdigit())
        if typed == self.account:
            self._touch(page, "next")
        elif not self.account.startswith(typed):
            self._touch(page, KEY_CLEAR)
        elif self._chance(self._manner.mistypes):
            self._touch(page, f"key-{self._random.randrange(10)}")
        else:
            for digit in self.account[len(typed) :]:
                self._touch(page, f"key-{digit}")

    def _pay(self, page: Page) -> None:
        self._has_begun = True
        if self._waits_for_a_note:
            self._touch(page, EXTEND)
        elif self._chance(self._manner.presses_exit):
            if self._world.acceptor.firmware.status is Status.ESCROW:
                self.happened["client-exits-with-escrow"] += 1
            self._touch(page, "finish" if page.button("finish") else EXIT)
        elif self.notes:
            self._push("client-inserts")
        else:
            self._touch(page, "finish" if page.button("finish") else EXIT)

    def _push(self, what: str) -> None:
        """Put the next note into the slot, if the slot takes it."""
        if not self.notes:
            return
        with suppress(ValueError):
            self._world.acceptor.firmware.insert(self.notes[0])
            self.notes.pop(0)
            self.happened[what] += 1

    def _touch(self, page: Page, element: str) -> None:
        life = self._world.life
        if life is None or not accepts(page, element):
            return
        life.touch(page.number, element)
        if not element.startswith("key-") and self._chance(self._manner.double_taps):
            self.happened["client-double-taps"] += 1
            life.touch(page.number, element)


async def come_and_go(
    world: World, random: Random, manner: Manner, notes: tuple[int, ...] | None = None,
    pause_s: tuple[float, float] = (0.05, 1.0),
) -> None:
    """One client after another, for ever. `notes` are what each of them has; None for something else every time."""
    while True:
        client = Client(world, random, manner, notes)
        await client.visit()
        world.happened.update(client.happened)
        await asyncio.sleep(random.uniform(*pause_s))
