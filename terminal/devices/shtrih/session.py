"""Questions to a register with its passing refusals taken care of, and faults of the talk as one exception.

50h (still printing) means that the request was refused: it waits and goes again. 58h (paper is back) is answered with
"continue". Requests that form a document go through `once`, where every refusal is the caller's to judge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.faults import ActiveFault, FaultCode
from terminal.devices.shtrih import answers
from terminal.devices.shtrih.answers import BadAnswer, Features, LongStatus, ShortStatus, StorageStatus
from terminal.devices.shtrih.commands import Command, Requests, features
from terminal.devices.shtrih.conversation import NotTaken, Unanswered
from terminal.devices.shtrih.errors import AWAITS_CONTINUE, NOT_IN_MODE, NOT_SUPPORTED, STILL_PRINTING, Refused
from terminal.devices.shtrih.link import Link
from terminal.devices.shtrih.statuses import FlagModel, Mode, Submode
from terminal.devices.shtrih.storage_commands import StorageRequests

POLL_S = 0.35
"""Between two questions while the register prints; its protocol asks for 200–500 ms."""
MOST_CLOCK_CORRECTION = timedelta(minutes=30)
"""A larger difference is left to a person: it may be ours, and one document dated by a clock that ran ahead would bar
the storage from forming any until that time has come."""
PRINT_WAIT_S = 60.0
CONTINUE_TRIES = 3

Trouble = (NotTaken, Unanswered, BadAnswer, Refused)
"""Everything that a request may end with instead of an answer."""


def fault_of(error: Exception) -> ActiveFault:
    """The entry of the fault catalogue for one of `Trouble`."""
    if isinstance(error, Refused):
        return error.fault
    if isinstance(error, BadAnswer):
        return ActiveFault(FaultCode.REGISTER_FAILURE, f"непонятный ответ: {error}")
    return ActiveFault(FaultCode.REGISTER_SILENT, str(error))


@dataclass(frozen=True, slots=True)
class Model:
    """What has to be known of a model beforehand. `width` is in characters of the usual font."""

    flags: FlagModel = field(default_factory=FlagModel)
    width: int = 42
    qr_dot: int = 6
    """Size of a module of the QR code on slips, 3–8 printer dots."""
    feed_lines: int = 4
    """From the head to the knife."""


class Session:
    """A register as somebody to ask. Raises only what stands in `Trouble`."""

    def __init__(self, link: Link, password: int) -> None:
        self.link = link
        self.requests = Requests(password)
        self.storage = StorageRequests(password)
        self._features: Features | None = None

    async def once(self, command: Command) -> bytes:
        """The data of the answer; refusals come as they are."""
        return answers.data_of(command, await self.link.ask(command))

    async def do(self, command: Command) -> bytes:
        """The data of the answer; waits out printing and continues it. Not for requests that form a document."""
        deadline = asyncio.get_running_loop().time() + PRINT_WAIT_S
        continued = 0
        while True:
            try:
                return await self.once(command)
            except Refused as refused:
                if refused.code == STILL_PRINTING and asyncio.get_running_loop().time() < deadline:
                    await asyncio.sleep(POLL_S)
                elif refused.code == AWAITS_CONTINUE and continued < CONTINUE_TRIES:
                    continued += 1
                    await self.continue_printing()
                else:
                    raise

    async def continue_printing(self) -> None:
        """B0h; being refused means that there is nothing to continue, which the next status shows."""
        try:
            await self.once(self.requests.continue_printing())
        except Refused:
            await asyncio.sleep(POLL_S)

    async def short_status(self) -> ShortStatus:
        return ShortStatus.parse(await self.once(self.requests.short_status()))

    async def long_status(self) -> LongStatus:
        return LongStatus.parse(await self.once(self.requests.long_status()))

    async def stop_output(self) -> None:
        """End the reading of a document that was left in the middle: the storage answers nothing else meanwhile."""
        if (await self.short_status()).mode is Mode.DATA_OUTPUT:
            await self.once(self.requests.abort_output())

    async def storage_status(self) -> StorageStatus:
        return StorageStatus.parse(await self.once(self.storage.status()))

    async def abandon_document(self) -> None:
        """End what a process that died has left open: a receipt is cancelled, a slip, which cannot be, is closed."""
        try:
            await self.do(self.requests.cancel())
        except Refused as refused:
            if refused.code != NOT_IN_MODE:
                raise
            await self.do(self.requests.close_slip())

    async def document(self, number: int) -> answers.StoredDocument:
        return answers.StoredDocument.parse(await self.once(self.storage.find_document(number)))

    async def features(self) -> Features:
        """Asked once; a model that does not know the question has none."""
        if self._features is None:
            try:
                self._features = Features.parse(await self.once(features()))
            except Refused as refused:
                if refused.code not in NOT_SUPPORTED:
                    raise
                self._features = Features(0)
        return self._features

    async def settle_printer(self, watch: Callable[[ShortStatus], None] | None = None) -> ShortStatus:
        """Wait while it prints and continue what waits; the status when that is over. Ends in any submode but
        printing and awaiting; in one of these only when `PRINT_WAIT_S` was not enough. `watch` sees every status at
        the moment it has come."""
        deadline = asyncio.get_running_loop().time() + PRINT_WAIT_S
        while True:
            status = await self.short_status()
            if watch is not None:
                watch(status)
            match status.submode:
                case Submode.AWAITS_CONTINUE:
                    await self.continue_printing()
                case Submode.PRINTING | Submode.PRINTING_REPORT:
                    pass
                case _:
                    return status
            if asyncio.get_running_loop().time() >= deadline:
                return status
            await asyncio.sleep(POLL_S)

    async def confirm_clock(self, now: datetime, not_before: datetime | None) -> None:
        """Set date and time to `now` (local, without zone), or to what the register's own clock shows when that is far
        from `now` and as good: one of the two is wrong, and which one is for a person to say. A clock that stands a
        little before the storage's last document is as good, and is put to that. Raises `ClockWouldGoBack` when the
        storage already has a document of a later minute: it would form no more."""
        shown = (await self.long_status()).clock
        if shown is not None and abs(shown - now) > MOST_CLOCK_CORRECTION:
            least = shown if not_before is None else max(shown, not_before)
            if least - shown <= MOST_CLOCK_CORRECTION:
                now = least
        if not_before is not None and now < not_before:
            raise ClockWouldGoBack(f"последний документ {not_before:%d.%m.%Y %H:%M}, время терминала {now:%H:%M}")
        await self.once(self.requests.set_date(now.date()))
        await self.once(self.requests.confirm_date(now.date()))
        try:
            await self.once(self.requests.set_time(now.time()))
        except Refused:
            # Time is taken only while the shift is closed; the next look at the clock decides whether that matters.
            if (await self.short_status()).mode is Mode.CONFIRM_DATE:
                raise


class ClockWouldGoBack(Exception):
    """Our clock is behind the storage's last document."""
