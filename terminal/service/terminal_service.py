"""The service as a whole: puts its desks together, settles what the last process left, and runs until it is told to
stop or a task ends.

Order at the start: read the journal and settle what it alone can settle; then ask the devices; then settle every open
payment by what they say. Only devices that answer make a tender be offered, so nothing is taken before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NoReturn, assert_never

from contracts.faults import ActiveFault, FaultCode
from contracts.identifiers import PaymentNumber, TerminalId
from contracts.life_signs import LifeSign
from contracts.money import Money
from contracts.pages import Page
from fiscal.register_port import FiscalRegister
from terminal.payments.effects import (
    Effect,
    FinishPrinting,
    FormReceipt,
    PrepareReceipt,
    RaiseIncident,
    ReturnNote,
    StackNote,
    SubmitTransfer,
)
from terminal.payments.facts import ServiceStarted
from terminal.payments.messages import TenderEnded
from terminal.payments.payment import Payment, PaymentState
from terminal.ports.bill_acceptor import BillAcceptor
from terminal.ports.clock import Clock
from terminal.ports.processing import Processing
from terminal.ports.records import BrokenIdentity, Journal, Outbox
from terminal.ports.signer import Signer
from terminal.ports.vault import Vault
from terminal.service.acceptor_listener import AcceptorListener
from terminal.service.cash_desk import CashDesk
from terminal.service.client_desk import ClientDesk
from terminal.service.clock_trust import ClockTrust
from terminal.service.erasure import Erasure, ErasureTerms
from terminal.service.health import Health
from terminal.service.housekeeping import Housekeeping, HousekeepingTerms
from terminal.service.journal_watch import JournalWatch
from terminal.service.life import LifeSigns
from terminal.service.outbox_worker import OutboxWorker, TransferTerms
from terminal.service.outcome_desk import OutcomeDesk
from terminal.service.payment_book import PaymentBook
from terminal.service.receipt_builder import ReceiptTerms
from terminal.service.receipt_desk import ReceiptDesk
from terminal.service.register_watch import RegisterWatch
from terminal.service.same_day import DayTerms, SameDay
from terminal.service.side_work import SideWork
from terminal.service.socket_api import SocketApi
from terminal.service.status_report import StatusReport
from terminal.service.surroundings import Lookout, VisitTerms
from terminal.service.visit_runner import Present, VisitRunner
from terminal.service.witness import Witness
from terminal.visit.events import VisitEvent

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class World:
    """The ports, chosen by the composition root."""

    clock: Clock
    journal: Journal
    outbox: Outbox
    vault: Vault
    acceptor: BillAcceptor
    register: FiscalRegister
    processing: Processing
    signer: Signer
    random: Random
    digest: Callable[[bytes], str]
    halt: Callable[[str], NoReturn]
    """End the process at once, without any clean-up that could touch a device."""
    watchdog: Callable[[], tuple[ActiveFault, ...]] = tuple
    """What the watchdog says is wrong with the processes. Shown, not acted upon: it acts itself."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the configuration says, in the service's own words."""

    terminal: TerminalId
    version: str
    socket: Path
    note_values: frozenset[Money]
    max_notes: int
    receipt: ReceiptTerms
    transfer: TransferTerms
    day: DayTerms
    visit: VisitTerms
    housekeeping: HousekeepingTerms
    transfer_patience_s: float
    witness_key: str = ""
    """Public key of the host as witness of the journal, hexadecimal; empty: the first one it uses is trusted."""
    erasure: ErasureTerms = field(default_factory=ErasureTerms)


class TerminalService:
    """Made once per process; `run` does not return by itself."""

    def __init__(self, world: World, terms: Terms, present: Present) -> None:
        self._world = world
        self._terms = terms
        clock, terminal = world.clock, terms.terminal
        self.side = SideWork()
        self.book = PaymentBook(world.journal, world.vault, clock, terminal, world.halt)
        self.health = Health(clock, self.book.record, self.book.stamp)
        self.cash = CashDesk(
            world.acceptor, self.book, self.health, terminal, terms.note_values, terms.max_notes, self._tell_visit
        )
        self.listener = AcceptorListener(world.acceptor, self.cash, self.book, self.health)
        self.receipts = ReceiptDesk(
            world.register, self.book, self.health, clock, terms.receipt, terminal, world.random,
            self._transfer_known, terms.transfer_patience_s,
        )
        self.outcomes = OutcomeDesk(self.receipts, terminal, self._tell_visit, self.side)
        self.same_day = SameDay(
            world.journal, world.outbox, self.book, world.processing, self.health, terminal, terms.day
        )
        self.worker = OutboxWorker(
            world.outbox, self.book, world.processing, world.vault, self.health, clock, self.same_day,
            terms.transfer, world.random,
        )
        self.watch = RegisterWatch(world.register, self.receipts, self.book, self.health, clock, terms.day.cut_off)
        self.witness = Witness(
            world.journal, self.book, world.processing, world.signer, self.health, terminal, terms.witness_key,
            self._quiet, clock.monotonic,
        )
        lookout = Lookout(self.health, clock, terms.visit, lambda: self.cash.values)
        self.visits = VisitRunner(lookout, present, self._publish, self._client_desk(), self.side)
        self.status = self._status_report()
        self.api = SocketApi(terms.socket, self.visits.touched, self.status.answer)
        self.housekeeping = Housekeeping(world.journal, self.health, clock, terms.housekeeping, self._idle)
        self.erasure = Erasure(
            world.journal, world.vault, self.book, self.same_day, self.health, clock,
            ClockTrust(clock, self.health, self.watch).doubt, terms.erasure, self._idle,
        )
        self.journal_watch = JournalWatch(world.journal, self.health, clock, self._idle, self._audited)
        self.life = LifeSigns(self._life_sign)
        self._connect()

    def _client_desk(self) -> ClientDesk:
        world, terms = self._world, self._terms
        return ClientDesk(
            world.processing, self.book, self.cash, self.worker, world.journal, world.vault, self.health, world.clock,
            terms.terminal, terms.visit.maximum, world.digest, self.witness.first_word,
        )

    def _status_report(self) -> StatusReport:
        world, terms = self._world, self._terms
        return StatusReport(
            terms.terminal, world.journal, world.outbox, self.book, self.health, self.watch, world.clock, terms.day,
            self._page_shown, self.witness.report, world.watchdog,
        )

    async def run(self) -> None:
        """Start, settle, serve. Ends only by cancellation or with the error of a task."""
        self.start()
        async with asyncio.TaskGroup() as tasks:
            for work in (self.life.run, self.api.run, *self.works):
                tasks.create_task(work(), name=work.__qualname__)

    @property
    def works(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        """Everything that goes on for ever, but for the sockets to other processes."""
        return (
            self.listener.run, self.watch.run, self.receipts.run, self.worker.run, self.visits.run,
            self.housekeeping.run, self.side.run, self.witness.run, self.erasure.run,
            self.journal_watch.run, self.journal_watch.look_through,
        )

    def start(self) -> None:
        """Everything before the devices are asked. Needs the running loop."""
        self.housekeeping.check_clock()
        for seen in self._world.journal.devices_seen():
            self.health.remember_device(seen)
        self.cash.recall(self._world.journal.last_note())
        self.book.record(ServiceStarted(self._terms.version, self.book.stamp()))
        self.witness.begin()
        self._settle(self.book.load())
        self._review_disputes()
        unassigned = [note.case for note in self._world.journal.unassigned_notes()]
        if unassigned:
            self.health.raise_fault(FaultCode.NOTE_UNASSIGNED, f"cases {', '.join(unassigned[:5])}")
        parked = self._world.outbox.totals().parked
        if parked:
            self.health.raise_fault(FaultCode.HOST_REFUSES_PAYMENT, f"{parked} refused payments wait for a person")
        self.same_day.look(self._world.clock.now())

    def _connect(self) -> None:
        self.book.connect(self._perform, self._audited, self.journal_watch.stepped)
        self.book.watch(self.outcomes.changed)
        self.book.watch(lambda _payment: self._review_disputes())
        self.book.watch(lambda payment: self.witness.payment_ended() if payment.done else None)
        self.book.watch(self.erasure.changed)
        self.health.watch(self.visits.refresh)

    def _settle(self, payments: tuple[Payment, ...]) -> None:
        """Take up every open payment where the journal left it."""
        tendering = [each for each in payments if each.state is PaymentState.TENDERING and not each.voided]
        for payment in tendering[:-1]:
            if payment.pending is None:
                self.book.tell(payment.number, TenderEnded(self.book.stamp()))
        if tendering:
            self.cash.resume(tendering[-1])
            self.visits.resume(tendering[-1])
        self.receipts.wake()
        self.worker.wake()

    def _perform(self, payment: Payment, effects: tuple[Effect, ...]) -> None:
        """Carry out what the core decided; the facts are durable by now."""
        for effect in effects:
            match effect:
                case StackNote():
                    self._world.acceptor.stack()
                case ReturnNote(too_large=too_large):
                    self.cash.give_back(too_large=too_large)
                case SubmitTransfer():
                    self.worker.wake()
                case PrepareReceipt():
                    self.receipts.wake()
                case FormReceipt() | FinishPrinting():
                    # The receipt desk asked for these facts and goes on by what the payment now says.
                    pass
                case RaiseIncident(code=code, detail=detail):
                    self.health.raise_fault(code, detail)
                case _:
                    assert_never(effect)
        log.debug("effects payment=%d count=%d", payment.number, len(effects))

    def _review_disputes(self) -> None:
        """A disputed note stays a fault, over restarts too, until it is settled."""
        cases = [note.case for payment in self.book.payments for note in payment.disputed]
        if cases:
            self.health.raise_fault(FaultCode.NOTE_DISPUTED, f"cases {', '.join(cases[:5])}")
        else:
            self.health.clear(FaultCode.NOTE_DISPUTED)

    def _audited(self, broken: tuple[BrokenIdentity, ...]) -> None:
        if broken:
            detail = "; ".join(f"{each.number}: {each.text}" for each in broken)
            chain = any(each.number == 9 for each in broken)
            self.health.raise_fault(
                FaultCode.JOURNAL_CHAIN_BROKEN if chain else FaultCode.JOURNAL_IDENTITY_BROKEN, detail
            )

    def _transfer_known(self, number: PaymentNumber) -> bool:
        return self.outcomes.transfer_known(number)

    def _publish(self, page: Page) -> None:
        self.api.publish(page)

    def _page_shown(self) -> dict[str, Any]:
        """The page published last, and the number of the one that the kiosk has on the glass."""
        page = self.visits.page
        return {"page": page.kind if page else "", "page_number": page.number if page else 0, "shown": self.api.shown}

    def _tell_visit(self, number: PaymentNumber, event: VisitEvent) -> None:
        self.visits.news_of(number, event)

    def _idle(self) -> bool:
        """No client, no note, no receipt: the time for work that may take a moment."""
        return self._quiet() and not self.visits.busy

    def _quiet(self) -> bool:
        """No note and no receipt is on its way."""
        return self.cash.tender is None and not self.receipts.busy

    def _life_sign(self, ticks: int) -> LifeSign:
        counters = {
            "loop_ticks": ticks,
            "acceptor_polls": self._world.acceptor.polls,
            "register_surveys": self.watch.surveys,
            "delivered": self.worker.delivered,
        }
        return LifeSign(
            process="service",
            pid=self._terms.housekeeping.pid,
            counters=counters,
            safe_to_stop=self._idle(),
            ready=self.visits.page is not None,
            faults=tuple(fault.code for fault in self.health.faults)[:40],
            in_service=not self.health.offers.out_of_service,
        )
