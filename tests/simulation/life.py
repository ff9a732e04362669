"""One process of the service on the simulated computer, from its start to its death: the production composition."""

from __future__ import annotations

import asyncio
import hashlib
import os
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, NoReturn

import apsw

from contracts.pages import Page, Touch
from terminal.devices.ccnet.acceptor import CcnetAcceptor
from terminal.devices.shtrih.register import ShtrihRegister
from terminal.journal.database import lock_path
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.vault import FileVault
from terminal.ports.records import Step, StoreFailed, StoreRefused
from terminal.service.bill_table import notes_of
from terminal.service.terminal_service import TerminalService
from terminal.service.terminal_service import World as Ports
from terminal.transfer.processing_client import JsonProcessing
from terminal.visit.presentation import present
from terminal.visit.state import Visit
from tests.simulation.append_files import SimulatedFolder
from tests.simulation.crash import Dead
from tests.simulation.host_line import HostClient
from tests.support.terminal_world import LANGUAGES, PASSWORD, SMALL_BALLAST, TERMINAL

if TYPE_CHECKING:
    from terminal.visit.context import Surroundings
    from tests.simulation.world import World

JOURNAL = "journal.db"
MIRROR = "second-journal"


class WatchedJournal:
    """The journal of one life: dead with it, and looked at after every step."""

    def __init__(self, opened: OpenedJournal, life: Life) -> None:
        self._journal = opened.journal
        self._life = life

    def append(self, step: Step) -> int:
        life = self._life
        life.require_life()
        sequence = self._journal.append(step)
        life.world.committed()
        life.pass_crash_point("acknowledged")
        return sequence

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)


class Life:
    """Made dead or alive by `boot`; `die` may come at any instant, from inside or outside."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dead = False
        self.started = False
        """What the journal alone can settle is settled."""
        self.recovered = False
        """Whether a client has touched the screen."""
        self.opened: OpenedJournal | None = None
        self.service: TerminalService | None = None
        self.halted = ""
        """Why the process ended itself."""
        self.crash: BaseException | None = None
        """What ended it that should not have happened."""
        self._task: asyncio.Task[None] | None = None
        self._is_buried = False

    @property
    def page(self) -> Page | None:
        return self.service.visits.page if self.service is not None else None

    def touch(self, page: int, element: str) -> None:
        if self.service is not None and not self.dead:
            self.recovered = True
            with suppress(Dead):
                self.service.visits.touched(Touch(page, element))

    def boot(self) -> None:
        """Open the journal and put the service together, as the composition root does."""
        world = self.world
        try:
            self.opened = open_journal(
                world.directory / JOURNAL, TERMINAL, world.clock, vfs=world.disk.name, ballast_bytes=SMALL_BALLAST,
                mirror=SimulatedFolder(world.disk, MIRROR),
            )
            world.opened(self.opened)
            self.service = TerminalService(self._ports(self.opened), world.terms, _present)
            self._task = asyncio.create_task(self._run(self.service))
        except Dead:
            pass
        except (StoreRefused, StoreFailed) as error:
            if self.dead:
                return
            self.halted = f"journal refused: {error}"
            world.fell(self)
        except apsw.Error as error:
            if not self.dead:
                self.crash = error
                world.fell(self)

    def _ports(self, opened: OpenedJournal) -> Ports:
        world = self.world
        remembered = notes_of(opened.journal.devices_seen(), "bill-acceptor")
        return Ports(
            clock=world.clock,
            journal=WatchedJournal(opened, self),  # type: ignore[arg-type]
            outbox=opened.outbox,
            vault=FileVault(world.directory / "vault.key", world.entropy.randbytes),
            acceptor=CcnetAcceptor(world.acceptor_cable.line, world.clock, remembered=remembered),
            register=ShtrihRegister(world.register_cable.line, world.clock, password=PASSWORD),
            processing=JsonProcessing(HostClient(world.host_line, self.pass_crash_point), world.clock, TERMINAL),
            signer=world.signer,
            random=Random(world.random.getrandbits(32)),
            digest=lambda data: hashlib.sha256(data).hexdigest(),
            halt=self._halt,
        )

    async def _run(self, service: TerminalService) -> None:
        try:
            service.start()
            self.started = True
            async with asyncio.TaskGroup() as tasks:
                for work in service.works:
                    tasks.create_task(work())
        except BaseException as error:
            if not _only_death(error) and not self.dead:
                self.crash = error
                self.world.fell(self)
            raise

    def require_life(self) -> None:
        if self.dead:
            raise Dead

    def pass_crash_point(self, place: str) -> None:
        """Raises `Dead` when the computer dies here, or has died."""
        if self.dead or self.world.points.here(place):
            raise Dead

    def _halt(self, reason: str) -> NoReturn:
        """The journal did not confirm: the process ends itself, and is started again."""
        if not self.dead:
            self.halted = reason
            self.world.fell(self)
        raise Dead

    def die(self) -> None:
        """From now on nothing reaches the disk, a device or the host."""
        self.dead = True
        self.let_go_of_the_lines()
        if self._task is not None:
            self._task.cancel()

    def let_go_of_the_lines(self) -> None:
        for cable in (self.world.acceptor_cable, self.world.register_cable):
            cable.drop_host()

    async def buried(self) -> None:
        """Wait until nothing of the process moves any more, and take its lock away."""
        if self._is_buried:
            return
        self._is_buried = True
        if self._task is not None:
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.exception()
        self.let_go_of_the_lines()
        if self.opened is not None:
            with suppress(StoreFailed, OSError, apsw.Error):
                self.opened.journal.close()
        else:
            _close_descriptors(os.fspath(lock_path(self.world.directory / JOURNAL)))


def _close_descriptors(path: str) -> None:
    """What a process that died while opening leaves open, the operating system closes."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if os.readlink(f"/proc/self/fd/{name}") == path:
                os.close(int(name))


def _only_death(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_only_death(each) for each in error.exceptions)
    return isinstance(error, Dead | asyncio.CancelledError)


def _present(visit: Visit, surroundings: Surroundings, number: int) -> Page:
    return present(visit, surroundings, LANGUAGES[visit.language], number)
