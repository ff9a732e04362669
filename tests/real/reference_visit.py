"""`python -m tests.real.reference_visit DIRECTORY`: one cash visit, service and drivers of production, on virtual time
and on the real disk; wherever its process dies in a write, a copy goes on to the end (`survivors`).

At the end everything must agree to the kopeck; then standard output has one line: `agrees`, whether the first process
died, and how many writes were guarded. Anything else is an error.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from contracts.money import Money
from terminal.journal import settings
from terminal.journal.opening import open_journal
from terminal.journal.payment_journal import SqliteJournal
from terminal.journal.verify import verify
from terminal.payments.payment import PaymentState
from terminal.ports.records import Step
from tests.real.composition import mirror_of
from tests.real.survivors import Survived, Survivors
from tests.support import terminal_world
from tests.support.person import Person, VirtualTerminal
from tests.support.terminal_world import Killed, Life, TerminalWorld
from tests.support.virtual_loop import run_virtually

Given = ParamSpec("Given")
Result = TypeVar("Result")
NOTES = (1000, 500)
RESTART_S = 2.0
CALM_S = 75.0
"""Long enough for the journal to rest once."""
LOOK_S = 0.2


class GuardedDisk:
    """Every write of the production journal in one world; knows what was acknowledged."""

    def __init__(self, world: TerminalWorld) -> None:
        self._world = world
        self.survivors = Survivors()
        self._acknowledged: tuple[int, bytes] = (0, b"")
        terminal_world.open_journal = partial(open_journal, mirror=mirror_of(world.directory))  # type: ignore[attr-defined]
        append = self._guarded(SqliteJournal.append)

        def acknowledged(journal: SqliteJournal, step: Step) -> int:
            sequence = append(journal, step)
            self._acknowledged = journal.head
            return sequence

        close = SqliteJournal.close

        def close_even_so(journal: SqliteJournal) -> None:
            try:
                self.survivors.guard(lambda: close(journal))
            except Survived:
                journal._database._failed = True
                close(journal)

        SqliteJournal.close = close_even_so  # type: ignore[method-assign,assignment]
        for name in ("rest", "sync_mirror", "mend_mirror", "look_through"):
            setattr(SqliteJournal, name, self._guarded(getattr(SqliteJournal, name)))
        SqliteJournal.append = acknowledged  # type: ignore[method-assign,assignment]

    def _guarded(self, work: Callable[Concatenate[SqliteJournal, Given], Result]) -> (
        Callable[Concatenate[SqliteJournal, Given], Result]
    ):
        """The same; in the copy of a process that has died in it, the death of the service."""

        def guarded(journal: SqliteJournal, /, *given: Given.args, **named: Given.kwargs) -> Result:
            if self._world.life is not None and self._world.life.dead:
                raise Killed
            try:
                return self.survivors.guard(lambda: work(journal, *given, **named))
            except Survived:
                self._die(journal)
                raise Killed from None

        return guarded

    def start(self) -> Life:
        """A fresh process of the service. One that dies while it opens the journal is started once more."""
        try:
            life = self.survivors.guard(self._world.start)
        except Survived:
            life = self._world.start()
        sequence, head = self._acknowledged
        if sequence:
            select = "SELECT hash FROM record WHERE seq = ?"
            row = life.opened.journal._database.connection.execute(select, (sequence,)).fetchone()
            assert row == (head,), f"record {sequence} was acknowledged as {head.hex()} and is {row}"
        return life

    def _die(self, journal: SqliteJournal) -> None:
        """The copy's own view of the file is not to be trusted any more; it is only let go of."""
        journal._database._failed = True
        assert self._world.life is not None
        self._world.life.die()


async def visit(directory: Path) -> GuardedDisk:
    world = TerminalWorld(directory)
    disk = GuardedDisk(world)
    paying = asyncio.create_task(Person(VirtualTerminal(world), list(NOTES)).pay())
    life = disk.start()
    calm_from: float | None = None
    while calm_from is None or world.clock.monotonic() < calm_from + CALM_S:
        await asyncio.sleep(LOOK_S)
        if life.ended:
            await life.buried()
            await asyncio.sleep(RESTART_S)
            life = disk.start()
        if calm_from is None and paying.done():
            calm_from = world.clock.monotonic()
    await paying
    check(world, life)
    await world.close()
    verify_whole(directory, disk.survivors)
    return disk


def check(world: TerminalWorld, life: Life) -> None:
    """Every note is credited once, paid once, on one receipt, and nothing is open."""
    total = Money.rubles(sum(NOTES))
    assert not life.opened.broken, life.opened.broken
    broken = life.opened.journal.broken_identities()
    assert not broken, broken
    assert world.cassette == total, f"in the cassette {world.cassette}"
    assert world.paid_at_host == total, f"at the host {world.paid_at_host}"
    receipts = [each.total for each in world.receipts]
    assert sum(receipts) == total.kopecks, receipts
    waiting = [each for each in life.service.book.payments if each.state is not PaymentState.CANCELLED]
    assert not waiting, waiting
    assert life.opened.outbox.totals().count == 0


def verify_whole(directory: Path, survivors: Survivors) -> None:
    """The whole journal from its first record; done again when the disk, or the process, fails in it."""
    try:
        report = survivors.guard(lambda: verify(directory / "journal.db"))
    except Survived:
        report = verify(directory / "journal.db")
    assert report.sound, (report.broken, report.damage)


def play(directory: Path, log_bytes: int = settings.GROWN_WAL_BYTES) -> int:
    """The visit and the verification of its journal; raises whatever does not hold."""
    logging.disable(logging.CRITICAL)
    settings.GROWN_WAL_BYTES = log_bytes
    disk = run_virtually(visit(directory))
    died = "died" if disk.survivors.survived else "lived"
    os.write(1, f"agrees {died} {disk.survivors.guarded}\n".encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(play(Path(sys.argv[1])))
