"""Paper: what became of the last document's, and slips that are not fiscal.

A document that was formed stays formed whatever the paper does. Nobody but the one who saw the printing through can
say that it came out: after a restart, of us or of the register, an idle printer proves nothing. A register that is out
of sight for longer than `MOST_UNSEEN_S` may have restarted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, auto

from contracts.faults import ActiveFault, FaultCode
from fiscal.register_port import FiscalError, PrintState
from terminal.devices.shtrih.answers import Features, ShortStatus
from terminal.devices.shtrih.commands import Command
from terminal.devices.shtrih.errors import Refused
from terminal.devices.shtrih.session import Model, Session, Trouble, fault_of
from terminal.devices.shtrih.statuses import Mode, Submode, read_flags

MOST_UNSEEN_S = 1.5
"""Taken to be shorter than any register needs to start, for which no manual gives a figure; one that prints is asked
more often."""
_WENT_WELL = 0
_STILL_PRINTING = 5
_UNDER_WAY = frozenset(
    {Submode.PAPER_OUT_PRINTING, Submode.AWAITS_CONTINUE, Submode.PRINTING, Submode.PRINTING_REPORT}
)


class _Seen(Enum):
    """What this process knows of the last document's paper."""

    NOTHING = auto()
    STARTED = auto()
    OUT = auto()


class Paper:
    """Watches the printing of documents and prints slips."""

    def __init__(self, session: Session, model: Model) -> None:
        self._session = session
        self._model = model
        self._seen = _Seen.NOTHING
        self._opened = 0
        self._last_seen_s = 0.0
        self._may_be_slip = True
        """What prints may be a slip: one was sent and has not been seen out, or by the process before this one."""

    def document_started(self) -> None:
        """A document has just been formed and is being printed."""
        self._watch()
        self._may_be_slip = False

    def document_forgotten(self) -> None:
        """A document is about to be formed: what was known belongs to the one before."""
        self._seen = _Seen.NOTHING

    async def finish(self) -> PrintState:
        """See the paper of the last document through. Raises `FiscalError` when the register does not answer."""
        try:
            status = await self._session.settle_printer(self._look)
        except Trouble as error:
            raise FiscalError(fault_of(error)) from error
        match status.submode:
            case Submode.PAPER_OUT | Submode.PAPER_OUT_PRINTING:
                return PrintState.WAITING_FOR_PAPER
            case Submode.PRINTING | Submode.PRINTING_REPORT | Submode.AWAITS_CONTINUE:
                return PrintState.PRINTING
            case Submode.UNKNOWN:
                return PrintState.FAILED
            case Submode.IDLE:
                return await self._finished(status)

    def _watch(self) -> None:
        """A printer that is at it has kept its power, also when the line had to be opened anew."""
        self._seen = _Seen.STARTED
        self._opened = self._session.link.opened
        self._last_seen_s = asyncio.get_running_loop().time()

    def _look(self, status: ShortStatus) -> None:
        """An answer has come. How long there was none counts up to this moment: also while it was asked for again and
        again the register may have restarted. A slip that goes on after the end of the paper is no news of the
        document."""
        unseen_s = asyncio.get_running_loop().time() - self._last_seen_s
        if self._seen is _Seen.STARTED and unseen_s > MOST_UNSEEN_S:
            self._seen = _Seen.NOTHING
        if status.submode not in _UNDER_WAY:
            self._may_be_slip = False
        elif not self._may_be_slip:
            self._watch()

    async def _finished(self, status: ShortStatus) -> PrintState:
        if self._seen is _Seen.OUT:
            return PrintState.PRINTED
        watched = self._seen is _Seen.STARTED and self._opened == self._session.link.opened
        if not watched or status.last_print not in (None, _WENT_WELL, _STILL_PRINTING):
            return PrintState.FAILED
        self._seen = _Seen.OUT
        await self._present()
        return PrintState.PRINTED

    async def _present(self) -> None:
        """Give the paper out of the presenter on models that have one; what it refuses is for the next survey."""
        try:
            if (await self._session.features()).has(Features.PRESENTER):
                await self._session.do(self._session.requests.present())
        except Trouble:
            return

    async def slip(self, lines: Sequence[str], qr: str) -> None:
        """Print lines and a QR code as a document that is not fiscal. Raises `FiscalError`."""
        try:
            features = await self._session.features()
            commands = self._slip_commands(lines, qr, enclosed=features.has(Features.SLIPS))
            status = await self._settled()
            if status.mode is Mode.DOCUMENT_OPEN:  # by a process that died in the middle
                await self._session.abandon_document()
            self._may_be_slip = True
            for command in commands:
                await self._session.do(command)
            await self._see_out()
            self._may_be_slip = False
            if features.has(Features.PRESENTER):
                await self._session.do(self._session.requests.present())
        except Trouble as error:
            raise FiscalError(fault_of(error)) from error
        except ValueError as error:
            raise FiscalError(ActiveFault(FaultCode.REGISTER_FAILURE, f"листок не составить: {error}")) from error

    async def _see_out(self) -> None:
        """Wait until a slip is out. Raises `FiscalError` when the register may have restarted meanwhile, and forgotten
        what it had not printed yet: then the slip is printed again."""
        loop = asyncio.get_running_loop()
        seen, unseen_s = loop.time(), 0.0

        def look(_status: ShortStatus) -> None:
            nonlocal seen, unseen_s
            unseen_s, seen = max(unseen_s, loop.time() - seen), loop.time()

        await self._settled(look)
        if unseen_s > MOST_UNSEEN_S:
            raise FiscalError(ActiveFault(FaultCode.REGISTER_SILENT, f"листок печатался без ответа {unseen_s:.1f} с"))

    async def _settled(self, watch: Callable[[ShortStatus], None] | None = None) -> ShortStatus:
        """The printer at rest. Raises `Refused` as the printer itself would when there is no paper."""
        status = await self._session.settle_printer(watch)
        out_of_paper = status.submode in (Submode.PAPER_OUT, Submode.PAPER_OUT_PRINTING)
        if out_of_paper or read_flags(status.flags, self._model.flags).paper_out:
            raise Refused(0x6B, "slip")
        return status

    def _slip_commands(self, lines: Sequence[str], qr: str, *, enclosed: bool) -> list[Command]:
        requests = self._session.requests
        commands = [requests.open_slip()] if enclosed else []
        commands += [requests.line(line or " ") for line in lines]
        if qr:
            data = qr.encode()
            commands += [*requests.load_qr(data), requests.print_qr(len(data), self._model.qr_dot)]
        if enclosed:
            return [*commands, requests.close_slip()]
        return [*commands, requests.feed(self._model.feed_lines), requests.cut()]

    async def copy(self) -> None:
        """Print a copy of the last document, while the register still remembers it. Raises `FiscalError`."""
        try:
            await self._session.do(self._session.requests.copy())
        except Trouble as error:
            raise FiscalError(fault_of(error)) from error
