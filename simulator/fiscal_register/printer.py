"""The printer mechanism: paper, cover, knife, head, presenter; it prints line by line and takes its time.

It owns the truth about paper: what is on the tape came out, whatever the register says. A document in the queue
outlives the end of the paper, but not the power.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

from simulator.fiscal_register.tape import Cut, Strip, Torn, length_mm

ROLL_MM = 80_000.0
LOW_MM = 5_000.0
LINE_S = 0.02
MAX_STRIPS = 100_000
"""Paper that is remembered: about thirty rolls."""
MAX_QUEUE = 2_000


class Submode(IntEnum):
    """Подрежим of the protocol, which tells what the mechanism does."""

    IDLE = 0
    PAPER_OUT = 1
    PAPER_OUT_PRINTING = 2
    AWAITS_CONTINUE = 3
    PRINTING_REPORT = 4
    PRINTING = 5


class LastPrint(IntEnum):
    """Result of the last print as the short status gives it."""

    WENT_WELL = 0
    PAPER_BROKE = 1
    PRINTER_FAULT = 2
    STILL_PRINTING = 5


@dataclass(slots=True)
class Printer:
    """`slow` multiplies the time of a line."""

    paper_mm: float = ROLL_MM
    cover_open: bool = False
    cutter_jammed: bool = False
    overheated: bool = False
    slow: float = 1.0
    tape: list[Strip] = field(default_factory=list)
    last_print: LastPrint = LastPrint.WENT_WELL
    _queue: deque[Strip] = field(default_factory=deque)
    _document: bool = False
    _report: bool = False
    _interrupted: bool = False
    _waits: bool = False
    _work: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def can_feed(self) -> bool:
        return self.paper_mm > 0 and not self.cover_open

    @property
    def paper_low(self) -> bool:
        return self.paper_mm <= LOW_MM

    @property
    def submode(self) -> Submode:
        if self._interrupted:
            return Submode.AWAITS_CONTINUE if self._waits else Submode.PAPER_OUT_PRINTING
        if self._document and self._queue:
            return Submode.PRINTING_REPORT if self._report else Submode.PRINTING
        return Submode.IDLE if self.can_feed else Submode.PAPER_OUT

    def print(self, strips: list[Strip], *, document: bool, report: bool = False) -> None:
        """Queue strips. A document keeps the register busy until it is out; free text does not."""
        if len(self._queue) + len(strips) > MAX_QUEUE:
            raise ValueError("the queue of the printer is full")
        self._queue.extend(strips)
        self._document, self._report = self._document or document, report
        self.last_print = LastPrint.STILL_PRINTING
        self._work.set()

    def resume(self) -> None:
        """Continue after the end of the paper."""
        self._interrupted = self._waits = False
        self.last_print = LastPrint.STILL_PRINTING
        self._work.set()

    def paper_in(self) -> None:
        self.paper_mm = ROLL_MM
        self._look()

    def paper_out(self) -> None:
        self.paper_mm = 0.0
        self._look()

    def paper_nearly_out(self) -> None:
        self.paper_mm = LOW_MM / 2
        self._look()

    def move_cover(self, *, open_: bool) -> None:
        self.cover_open = open_
        self._look()

    def lose_power(self) -> None:
        """The queue was in memory; a torn strip shows where the paper stopped."""
        if self._queue and self._document:
            self.tape.append(Torn())
        self._queue.clear()
        self._document = self._report = self._interrupted = self._waits = False
        self.last_print = LastPrint.WENT_WELL
        self._work.clear()

    async def run(self) -> None:
        """Print what is queued, for as long as there is power."""
        while True:
            while not self._queue or self._interrupted:
                self._finish_if_done()
                self._work.clear()
                await self._work.wait()
            await asyncio.sleep(LINE_S * self.slow)
            self._look()
            if not self._interrupted and self._queue:
                self._put(self._queue[0])

    def _put(self, strip: Strip) -> None:
        if (isinstance(strip, Cut) and self.cutter_jammed) or self.overheated:
            self.last_print = LastPrint.PRINTER_FAULT
        self._queue.popleft()
        self.tape.append(strip)
        del self.tape[:-MAX_STRIPS]
        self.paper_mm = max(0.0, self.paper_mm - length_mm(strip))

    def _finish_if_done(self) -> None:
        if self._queue:
            return
        self._document = self._report = False
        if self.last_print is LastPrint.STILL_PRINTING:
            self.last_print = LastPrint.WENT_WELL

    def _look(self) -> None:
        """The paper sensor: out in the middle of printing stops the head; back again waits to be told."""
        if self._queue and not self.can_feed:
            self._interrupted, self._waits = True, False
            self.last_print = LastPrint.PAPER_BROKE
        elif self._interrupted and self.can_feed:
            self._waits = True
