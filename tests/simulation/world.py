"""One terminal and everything around it on virtual time: disk, lines, devices, billing host, one life after another.

Devices, host and clients own the truth and outlive the terminal's computer, which may die at any crash point.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from random import Random

from contracts.money import Money
from contracts.pages import Page
from simulator.bill_acceptor.device import SimulatedBillAcceptor
from simulator.bill_acceptor.mechanism import Position
from simulator.billing_host.host import BillingHost
from simulator.fiscal_register.device import FiscalRegisterDevice
from simulator.fiscal_register.storage import DocumentKind, StoredDocument
from simulator.line_faults import FaultyCable, LineFaults
from terminal.journal.checkpoint_signer import Ed25519Signer
from terminal.journal.opening import OpenedJournal
from tests.simulation.bad_log import spoil_log
from tests.simulation.blackouts import Blackouts
from tests.simulation.branching import Branching
from tests.simulation.cable import SimulatedCable
from tests.simulation.clock import SimulatedClock
from tests.simulation.crash import CrashPoints, Cut
from tests.simulation.disk import Fate, SimulatedDisk
from tests.simulation.host_line import HostLine
from tests.simulation.hurry import hurried_terms
from tests.simulation.life import JOURNAL, Life
from tests.simulation.trace import Trace
from tests.simulation.truth import Truth
from tests.support.terminal_world import TODAY
from tests.support.virtual_loop import MOSCOW

DARK_S = (0.02, 2.0)
"""How long the terminal's computer is off."""
FORMED = "formed"
"""The moment at which the fiscal storage has a receipt and nobody has been told."""


class World:
    """Made inside a running simulated loop. `plan` says after how many crash points the computer dies each time."""

    def __init__(
        self, seed: int, disk: SimulatedDisk, directory: Path, plan: Iterator[Cut], blackouts: Blackouts, trace: Trace,
        begins: time = time(10, 0), speed: float = 1.0, branching: Branching | None = None,
    ) -> None:
        self.random = Random(seed)
        self.entropy = Random(seed + 3)
        """What the operating system gives for secrets."""
        self.signer = Ed25519Signer(self.entropy.randbytes(32))
        self.disk = disk
        self.directory = directory
        self.trace = trace
        self.blackouts = blackouts
        self.terms = hurried_terms(directory)
        self.loop = asyncio.get_running_loop()
        self.clock = SimulatedClock(datetime.combine(TODAY, begins, tzinfo=MOSCOW))
        self.points: CrashPoints = branching or CrashPoints(plan, self._power_fails)
        self.branching = branching
        if branching is not None:
            branching.attach(self, self._power_fails)
        self.happened: Counter[str] = Counter()
        self.stacked_by_hand: Counter[int] = Counter()
        """Notes by value that lie in the cassette unseen by anybody: put there by a technician out of a jam of which
        the computer had not heard, or stacked without an order while it was dying."""
        self.moment: Callable[[str], None] = lambda _name: None
        """Told when something has just happened at which trouble may strike: the kind of a record, or `FORMED`."""
        self.life: Life | None = None
        self.lives = 0
        self._gone: list[str] = []
        self._off_s = 0.0
        """How long everything stays switched off, other than after a cut."""
        self.truth = Truth(self)
        self._dark = asyncio.Event()
        disk.clear()
        self._make_devices(seed, speed)
        self.device_works = [asyncio.create_task(each) for each in (self.acceptor.run(), self.register.run())]
        self._works = [*self.device_works, asyncio.create_task(self._revive())]
        disk.crash_point = self.points.here

    def _make_devices(self, seed: int, speed: float) -> None:
        self.acceptor_cable = SimulatedCable("bill-acceptor", self.points.here, self.watch, self._part_sent)
        self.acceptor_faults = LineFaults(seed)
        self.acceptor = SimulatedBillAcceptor(FaultyCable(self.acceptor_cable, self.acceptor_faults), speed=speed)
        self.acceptor.firmware.ordered_in = self._note_ordered_in
        self.register_cable = SimulatedCable("fiscal-register", self.points.here, self.watch, self._part_sent)
        self.register_faults = LineFaults(seed + 1)
        self.register = FiscalRegisterDevice(
            FaultyCable(self.register_cable, self.register_faults), lambda: self.clock.true_now().replace(tzinfo=None),
            seed=seed, speed=speed,
        )
        self._formed = 0
        self.register.machine.changed = self._storage_changed
        self.host = BillingHost(":memory:", self._today, accounts=0)
        self.host_line = HostLine(self.host, Random(seed + 2), self.watch)

    def _note_ordered_in(self, rubles: int) -> None:
        self.truth.ordered_in(rubles)

    def _storage_changed(self) -> None:
        """Of a receipt the answer has not left the register yet."""
        newest = self.register.machine.storage.documents[-1]
        if newest.number > self._formed and newest.kind is DocumentKind.RECEIPT:
            self._formed = newest.number
            self.moment(FORMED)

    def _today(self) -> date:
        return self.clock.true_now().date()

    def _part_sent(self, length: int) -> int:
        """How many bytes of a chunk have left a host that dies while writing."""
        return self.random.randrange(length + 1)

    def watch(self, event: str, detail: bytes) -> None:
        self.trace.add(self.loop.time(), event, detail)

    @property
    def page(self) -> Page | None:
        """What is on the glass; None while the computer is off."""
        life = self.life
        return None if life is None or life.dead else life.page

    def begin(self) -> None:
        """Switch the computer on for the first time."""
        self.start()

    def start(self) -> None:
        """A fresh process on what the disk holds; it may be dead again when this returns."""
        self.lives += 1
        self.acceptor_cable.told = b""
        self.watch("life", b"%d" % self.lives)
        self.life = Life(self)
        self.life.boot()

    def _power_fails(self, place: str) -> None:
        """The terminal's computer dies at this instant, alone or with devices."""
        group = self.random.choices(self.blackouts.groups, self.blackouts.group_weights)[0]
        fate = self._fate(group)
        self.watch("dies", f"{place} {fate} {','.join(group)}".encode())
        self.happened["cut-" + "+".join(group)] += 1
        self.happened["cut-during-recovery" if self.life and not self.life.recovered else "cut-in-service"] += 1
        self.disk.die(fate, self.random)
        if fate is not Fate.KEPT and self.branching is None:
            self._spoil_log()
        assert self.life is not None
        self.life.die()
        self._gone = [each for each in group if each != "terminal"]
        self._cut_devices(self._gone)
        self._dark.set()

    def _spoil_log(self) -> None:
        """What is lost with the database's log is in the second journal."""
        path = str(self.directory / JOURNAL)
        if spoil_log(self.disk, path, self.truth, self.random):
            self.happened["log-goes-bad"] += 1
            self.disk.is_spared = True
            self.watch("log-goes-bad", b"")

    def switch_off(self, seconds: float) -> None:
        """Somebody takes the power from everything and gives it back so much later."""
        assert self.life is not None
        self.watch("switched-off", b"%d" % seconds)
        self._off_s = seconds
        self.disk.die(Fate.LOST, self.random)
        self.life.die()
        self._cut_devices(["acceptor", "register"])
        self._dark.set()

    def _fate(self, group: tuple[str, ...]) -> Fate:
        """A killed process loses nothing that it has written; a computer without power may."""
        if self.branching is not None:
            return self.branching.fate
        if len(group) == 1:
            return self.random.choice(self.blackouts.fates)
        return self.random.choice([each for each in self.blackouts.fates if each is not Fate.KEPT] or [Fate.KEPT])

    def _cut_devices(self, names: list[str]) -> None:
        if "acceptor" in names:
            self.acceptor.cut_power()
        if "register" in names:
            self.register.cut_power()

    async def _revive(self) -> None:
        """Bury what died, wait in the dark, and give the power back; for ever."""
        try:
            await self._bury_and_start()
        except Exception as error:
            self.truth.broken(f"the simulation itself has failed: {error!r}")
            raise

    async def _bury_and_start(self) -> None:
        while True:
            await self._dark.wait()
            self._dark.clear()
            assert self.life is not None
            await self.life.buried()
            await self._stay_dark()
            self.acceptor.power_on()
            self.register.power_on()
            self.start()

    async def _stay_dark(self) -> None:
        if self.branching is None:
            off_s, self._off_s = self._off_s, 0.0
            await asyncio.sleep(off_s or self.random.uniform(*DARK_S))
        else:
            await self.branching.stay_dark()

    def opened(self, opened: OpenedJournal) -> None:
        """The journal has been opened by a fresh life."""
        self.disk.is_spared = False
        with self.disk.undisturbed():
            self.truth.opened(opened)
        if self.branching is not None:
            self.branching.opened(opened)

    def committed(self) -> None:
        """A step is durable, and nobody has been told yet."""
        with self.disk.undisturbed():
            kinds = self.truth.committed()
        for kind in kinds:
            self.watch("record", kind.encode())
            if kind[0] in "SCF":
                self.points.record_written()
                self.moment(kind)

    def fell(self, life: Life) -> None:
        """The process ended itself; what supervises it starts the next one."""
        said = life.halted or repr(life.crash)
        self.watch("fell", said.replace(str(self.directory), "the disk").encode())
        self.happened["process-halts" if life.halted else "process-crashes"] += 1
        self.truth.fell(life.halted, life.crash)
        self.disk.die(Fate.KEPT, self.random)
        life.die()
        self._dark.set()

    @property
    def store_was_disturbed(self) -> bool:
        """Whether the disk was told to fail since the service started."""
        return any(name.startswith("disk-") and ("fails" in name or "full" in name) for name in self.disk.happened)

    def move_to(self, directory: Path) -> None:
        """From now on the files of this world lie elsewhere."""
        before, after = f"{self.directory}/", f"{directory}/"
        self.disk.files = {name.replace(before, after, 1): file for name, file in self.disk.files.items()}
        self.directory = directory
        self.terms = hurried_terms(directory)

    def is_settled(self) -> bool:
        """The service has taken up what the last life left, and nothing of it is open."""
        life = self.life
        return life is not None and life.started and not self.truth.open_payments()

    def restless(self) -> list[str]:
        """What still moves; empty when nobody is there, nothing is open or unsent, and both journals are written."""
        life = self.life
        if life is None or life.dead or life.opened is None or life.service is None:
            return ["the computer"]
        service, acceptor = life.service, self.acceptor
        found = {
            "payments": bool(self.truth.open_payments()),
            "outbox": bool(life.opened.outbox.totals().count),
            "second journal": bool(life.opened.journal.mirror_trouble()),
            "visit": service.visits.busy,
            "receipt": service.receipts.busy,
            "note in the path": acceptor.places.position is not Position.NONE,
            "event of the acceptor": acceptor.firmware.event is not None,
        }
        return [name for name, moves in found.items() if moves]

    async def close(self) -> None:
        """Let nothing move any more."""
        self.points.stop()
        for task in self._works:
            task.cancel()
        await asyncio.wait(self._works)
        if self.life is not None:
            self.disk.life += 1
            self.life.die()
            await self.life.buried()
        self.host.store.close()

    @property
    def receipts(self) -> list[StoredDocument]:
        """The fiscal storage's own truth."""
        return [each for each in self.register.machine.storage.documents if each.kind is DocumentKind.RECEIPT]

    def notes_in_cassettes(self) -> Counter[int]:
        """By value in rubles: what a person would count."""
        return self.acceptor.places.cassette + self.acceptor.places.collected

    @property
    def paid_at_host(self) -> Money:
        return Money(int(self.host.state()["payments_kopecks"]))
