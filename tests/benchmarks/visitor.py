"""A client who never hesitates: touches as soon as the glass shows what is to be touched."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.pages import Page, PageKind, accepts
from tests.benchmarks.glass_line import GlassLine


class Visitor:
    """Visits over the line of a kiosk."""

    def __init__(self, line: GlassLine) -> None:
        self._line = line

    async def look_up(self, account: str, purpose: str = "balance") -> None:
        """From the start page to the account card."""
        await self.touch(purpose)
        await self.type(account)
        await self.touch("next")
        await self.expect(PageKind.ACCOUNT_CARD)

    async def give_readings(self, readings: Sequence[int]) -> None:
        """From the account card to the outcome; what is asked about is confirmed."""
        await self.touch("readings")
        for kwh in readings:
            await self.expect(PageKind.READING_ENTRY)
            await self.type(str(kwh))
            await self.touch("next")
            await self._confirm()
        await self.touch("send")
        await self.expect(PageKind.OUTCOME)

    async def open_slot(self, rubles: int) -> None:
        """From the account card to the page of the notes, with so much to pay."""
        await self.touch("pay")
        await self.touch("other-amount")
        await self.type(str(rubles))
        await self.touch("next")
        await self.touch("agree")
        await self.expect(PageKind.INSERT_CASH)

    async def finish(self) -> None:
        """From the page of the notes to the outcome."""
        await self.touch("finish")
        if (await self._one_of(PageKind.QUESTION, PageKind.WAIT, PageKind.OUTCOME)).kind is PageKind.QUESTION:
            await self.touch("finish")
        await self.expect(PageKind.OUTCOME)

    async def leave(self) -> None:
        await self.touch("exit")
        await self.expect(PageKind.START)

    async def touch(self, element: str) -> Page:
        """Touch as soon as it is there, and wait until the glass shows the answer."""
        before = (await self._line.shown(lambda page: page is self._line.page and accepts(page, element))).page
        self._line.touch(element)
        return (await self._line.shown(lambda page: page.number > before.number)).page

    async def type(self, digits: str) -> None:
        """Type quickly into the empty field of the page, and wait until the glass shows the whole entry."""
        await self._line.shown(lambda page: page.field is not None and not _digits(page))
        for digit in digits:
            self._line.touch(f"key-{digit}")
        await self._line.shown(lambda page: _digits(page) == digits)

    async def expect(self, kind: PageKind) -> Page:
        return (await self._line.shown(lambda page: page.kind is kind)).page

    async def _confirm(self) -> None:
        page = await self._one_of(PageKind.READING_ENTRY, PageKind.QUESTION)
        if page.button("confirm") is not None:
            await self.touch("confirm")

    async def _one_of(self, *kinds: PageKind) -> Page:
        return (await self._line.shown(lambda page: page.kind in kinds)).page


def inserted(page: Page) -> str:
    """What the page says has been inserted; empty when it says nothing of it."""
    return next((figure.value for figure in page.figures if figure.name == "inserted"), "")


def _digits(page: Page) -> str:
    return "" if page.field is None else "".join(each for each in page.field.value if each.isdigit())

