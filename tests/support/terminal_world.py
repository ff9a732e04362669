"""A whole terminal on virtual time: the production service and drivers, emulated devices, the billing host, a client.

The devices, the host and the client own the truth and survive the service, which can be killed at any record.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import NoReturn

from contracts.identifiers import TerminalId
from contracts.money import Money
from contracts.pages import Page
from fiscal.documents import PaymentMethod, SubjectKind, TaxSystem, VatRate
from simulator.bill_acceptor.device import SimulatedBillAcceptor
from simulator.billing_host.host import BillingHost
from simulator.billing_host.messages import Request
from simulator.fiscal_register.device import FiscalRegisterDevice
from simulator.fiscal_register.storage import DocumentKind, StoredDocument
from simulator.fiscal_register.tape import as_text
from simulator.line_faults import FaultyCable, LineFaults
from terminal.content.languages import load_languages
from terminal.devices.ccnet.acceptor import CcnetAcceptor
from terminal.devices.shtrih.register import ShtrihRegister
from terminal.journal.checkpoint_signer import Ed25519Signer
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.vault import FileVault
from terminal.ports.http import HttpRequest, HttpResponse, NoAnswer, NoConnection
from terminal.ports.processing import Processing
from terminal.ports.records import Step
from terminal.service.bill_table import notes_of
from terminal.service.housekeeping import HousekeepingTerms
from terminal.service.outbox_worker import TransferTerms
from terminal.service.receipt_builder import ReceiptTerms
from terminal.service.retry import BackOff
from terminal.service.same_day import DayTerms
from terminal.service.surroundings import VisitTerms
from terminal.service.terminal_service import TerminalService, Terms, World
from terminal.transfer.osmp_client import OsmpProcessing
from terminal.transfer.osmp_profile import OsmpProfile
from terminal.transfer.processing_client import JsonProcessing
from terminal.visit.context import Patience, Surroundings
from terminal.visit.presentation import present
from terminal.visit.state import Visit
from tests.support.byte_pipes import InMemoryCable
from tests.support.virtual_loop import MOSCOW, VirtualClock

TERMINAL = TerminalId("T-0001")
TODAY = date(2026, 3, 20)
PASSWORD = 30
VALUES = frozenset(Money.rubles(each) for each in (50, 100, 200, 500, 1000, 2000, 5000))
LANGUAGES = load_languages()
SMALL_BALLAST = 4096


class Killed(BaseException):
    """The service is dead at this very instant."""


class InMemoryHttp:
    """Implements `ports.http.HttpTransport` straight into the billing host, over a line that may lose things."""

    def __init__(self, host: BillingHost) -> None:
        self._host = host
        self.base = "/v1"
        self.reachable = True
        self.lose_replies = 0
        """So many of the next replies are lost after the host has acted."""
        self.requests = 0

    async def exchange(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        await asyncio.sleep(0.02)
        if not self.reachable:
            raise NoConnection("cable out")
        self.requests += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self._host.answer(Request(request.method, self.base + request.path, headers, request.body))
        await asyncio.sleep(0.02)
        if self.lose_replies > 0:
            self.lose_replies -= 1
            raise NoAnswer("reply lost")
        names = {"content-type": reply.content_type, **{k.lower(): v for k, v in reply.headers.items()}}
        return HttpResponse(reply.status, names, reply.body)


class TerminalWorld:
    """Devices, host and disk; `start` brings a service to life."""

    def __init__(self, directory: Path, seed: int = 0, begins: time = time(10, 0)) -> None:
        self.directory = directory
        self.terms = terms(directory)
        self.osmp = False
        """Whether the terminal speaks the OSMP protocol with the host."""
        self.seed = seed
        self.clock = VirtualClock(datetime.combine(TODAY, begins, tzinfo=MOSCOW))
        self.acceptor_cable, self.acceptor_faults = InMemoryCable("pipe://bill-acceptor"), LineFaults(seed)
        self.acceptor = SimulatedBillAcceptor(FaultyCable(self.acceptor_cable, self.acceptor_faults))
        self.register_cable, self.register_faults = InMemoryCable("pipe://fiscal-register"), LineFaults(seed + 1)
        self.register = FiscalRegisterDevice(
            FaultyCable(self.register_cable, self.register_faults), lambda: self.clock.now().replace(tzinfo=None)
        )
        self.host = BillingHost(":memory:", lambda: TODAY, accounts=0)
        self.http = InMemoryHttp(self.host)
        self.life: Life | None = None
        self._device_tasks = [asyncio.create_task(self.acceptor.run()), asyncio.create_task(self.register.run())]

    def start(self, crash: Callable[[int], bool] = lambda _number: False) -> Life:
        """A fresh process on the same disk. `crash(n)` says whether it dies right after its n-th step is durable."""
        self.life = Life(self, crash)
        return self.life

    async def close(self) -> None:
        if self.life is not None:
            await self.life.kill()
        for task in self._device_tasks:
            task.cancel()
        await asyncio.wait(self._device_tasks)
        self.host.store.close()

    @property
    def receipts(self) -> list[StoredDocument]:
        """The fiscal storage's own truth."""
        return [each for each in self.register.machine.storage.documents if each.kind is DocumentKind.RECEIPT]

    def paper(self) -> str:
        """Everything that has come out of the printer."""
        return as_text(self.register.machine.printer.tape)

    @property
    def cassette(self) -> Money:
        places = self.acceptor.places
        notes = places.cassette + places.collected
        return Money.rubles(sum(rubles * count for rubles, count in notes.items()))

    @property
    def paid_at_host(self) -> Money:
        return Money(int(self.host.state()["payments_kopecks"]))


class CrashingJournal:
    """The journal, with death right before or right after a step is durable."""

    def __init__(self, opened: OpenedJournal, life: Life, crash: Callable[[int], bool]) -> None:
        self._journal = opened.journal
        self._life = life
        self._crash = crash
        self.steps = 0
        self.free: int | None = None
        """Bytes that the disk claims to have free; None for the truth."""

    def free_bytes(self) -> int:
        return self._journal.free_bytes() if self.free is None else self.free

    def append(self, step: Step) -> int:
        if self._life.dead:
            raise Killed
        sequence = self._journal.append(step)
        self.steps += 1
        if self._crash(self.steps):
            self._life.die()
            raise Killed
        return sequence

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)


class Life:
    """One process of the service, from its start to its death."""

    def __init__(self, world: TerminalWorld, crash: Callable[[int], bool]) -> None:
        self.world = world
        self.dead = False
        opened = open_journal(
            world.directory / "journal.db", TERMINAL, world.clock, ballast_bytes=SMALL_BALLAST
        )
        self.opened = opened
        self.journal = CrashingJournal(opened, self, crash)
        remembered = notes_of(opened.journal.devices_seen(), "bill-acceptor")
        ports = World(
            clock=world.clock,
            journal=self.journal,  # type: ignore[arg-type]
            outbox=opened.outbox,
            vault=FileVault(world.directory / "vault.key"),
            acceptor=CcnetAcceptor(world.acceptor_cable.line, world.clock, remembered=remembered),
            register=ShtrihRegister(world.register_cable.line, world.clock, password=PASSWORD),
            processing=_processing(world),
            signer=Ed25519Signer(hashlib.sha256(b"terminal %d" % world.seed).digest()),
            random=Random(world.seed),
            digest=lambda data: hashlib.sha256(data).hexdigest(),
            halt=_halt,
        )
        self.service = TerminalService(ports, world.terms, _present)
        self._task = asyncio.create_task(self._run())

    @property
    def page(self) -> Page:
        page = self.service.visits.page
        assert page is not None
        return page

    async def _run(self) -> None:
        service = self.service
        service.start()
        async with asyncio.TaskGroup() as tasks:
            for work in service.works:
                tasks.create_task(work())

    def die(self) -> None:
        """From now on nothing reaches the disk or a device."""
        self.dead = True
        self._let_go_of_the_lines()
        self._task.cancel()

    def _let_go_of_the_lines(self) -> None:
        for cable in (self.world.acceptor_cable, self.world.register_cable):
            cable.drop_host()

    async def kill(self) -> None:
        """Die from outside, and let the remains be cleared away."""
        if not self.dead:
            self.die()
        await self.buried()

    async def buried(self) -> None:
        """Wait until nothing of the process moves any more; raises what went wrong in it other than its death."""
        await asyncio.wait([self._task])
        self._let_go_of_the_lines()
        self.opened.journal.close()
        if not self._task.cancelled():
            error = self._task.exception()
            if error is not None and not _only_death(error):
                raise error

    @property
    def ended(self) -> bool:
        return self.dead or self._task.done()


def _only_death(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_only_death(each) for each in error.exceptions)
    return isinstance(error, Killed | asyncio.CancelledError)


def _halt(reason: str) -> NoReturn:
    raise AssertionError(f"the journal refused a step: {reason}")


def _processing(world: TerminalWorld) -> Processing:
    if world.osmp:
        profile = OsmpProfile("neva", "Невская энергосбытовая компания")
        return OsmpProcessing(world.http, world.clock, TERMINAL, profile)
    return JsonProcessing(world.http, world.clock, TERMINAL)


def _present(visit: Visit, surroundings: Surroundings, number: int) -> Page:
    return present(visit, surroundings, LANGUAGES[visit.language], number)


def terms(directory: Path) -> Terms:
    """As the example configuration has them, with quick retries."""
    receipt = ReceiptTerms(
        TaxSystem.GENERAL, VatRate.VAT_22, PaymentMethod.FULL, SubjectKind.SERVICE, "Электроэнергия", None, 42,
        "8 800 100-00-00",
    )
    visit = VisitTerms(
        TERMINAL, "Невская энергосбытовая компания", "8 800 100-00-00", "ул. Летняя, 1", ("ru", "en"), Patience(),
        Money.rubles(10), Money.rubles(15_000), 3,
    )
    day = DayTerms(time(21, 0), timedelta(hours=1), timedelta(hours=4), 100, Money.rubles(200_000))
    return Terms(
        TERMINAL, "test", directory / "service.sock", VALUES, 40, receipt, TransferTerms(TERMINAL, BackOff(2.0, 60.0)),
        day, visit, HousekeepingTerms(1, 1000), 3.0,
    )
