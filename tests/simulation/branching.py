"""Every death at once: at a crash point the whole simulated world is forked, and one of the two dies there.

The one that lives goes on to the next crash point; the one that died recovers and is forked again at every crash
point of its recovery, down to `depth` deaths in a row. A recovery is over when the service has taken up what the last
life left and no payment is open. Branches that come to the same state are one from there on (`joining.py`).
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.simulation.crash import CrashPoints
from tests.simulation.disk import Fate
from tests.simulation.joining import (
    Claims,
    SeededSystem,
    around,
    at_death,
    content_digest,
    digest_of,
    disk_digest,
    platter_digest,
    reseed,
)
from tests.simulation.likeness import Likeness
from tests.simulation.loop import SimulatedLoop
from tests.simulation.person import Person
from tests.simulation.stretches import ELSEWHERE, END, ROOT

if TYPE_CHECKING:
    from terminal.journal.opening import OpenedJournal
    from tests.simulation.world import World

LINE_BYTES = 3_500
"""A report is written in one piece, shorter than what a pipe takes at once."""
AT_ONCE_S = 0.01
"""How long a killed process is away. Devices may still be moving."""
OFF_S = 1.0
"""How long a computer is off at least. It comes back at a whole minute if nothing moves until then, so that two
recoveries of the same state write the same times."""
GRID_S = 60.0
TEARS = (Fate.LOST, Fate.KEPT, Fate.SUBSET, Fate.GARBAGE)
TEARS_AGAIN = (Fate.LOST, Fate.GARBAGE)


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is to do. `share` of `shares`: only states after the first death that fall to it."""

    depth: int
    worker: int
    share: int
    shares: int


class Branching(CrashPoints):
    """Crash points at which the process is forked. Tells `report` of every stretch of every branch."""

    def __init__(self, job: Job, report: int, claims: Claims) -> None:
        super().__init__(iter(()), lambda _place: None)
        self.quiet = True
        self.fate = Fate.LOST
        self.person: Person
        self.system: SeededSystem
        self._job = job
        self._report = report
        self._claims = claims
        self._deaths_so_far: list[str] = []
        self._stretch = ROOT
        self._pairs = 0
        self._is_over = False
        """The recovery from the last death."""
        self._has_yet_to_open = False
        """The journal, after the last death."""
        self._place = ""
        self._keys: list[str] = []
        """The last crash point, and the deaths that there were at it."""
        self._owns_directory = True
        """Until this process is a fork, which copies it when it is going to write."""
        self._world: World
        self._die_here: Callable[[str], None]

    def attach(self, world: World, die: Callable[[str], None]) -> None:
        """The world whose crash points these are."""
        self._world = world
        self._die_here = die

    @property
    def _deaths_left(self) -> int:
        return 0 if self._is_over else self._job.depth - len(self._deaths_so_far)

    def here(self, place: str) -> bool:
        self.passed += 1
        life = self._world.life
        if self.quiet or not self._deaths_left or life is None or life.dead:
            return False
        if self._deaths_so_far and self._world.is_settled():
            self._is_over = True
            return False
        place_before, self._place = self._place, place
        if (place_before, place) == ("line-answer", "line-heard"):
            self._count(self._keys)  # whether an answer reaches somebody who is dead: the device does the same
            return False
        instant = at_death(self._world, place).digest
        disks = {fate: self._disk_before(fate) for fate in self._fates(place)}
        deaths = {f"{self._deaths_left - 1}-{instant}-{disk}-{fate}": (fate, disk) for fate, disk in disks.items()}
        self._keys = list(deaths)
        self._count(self._keys)
        return any(self._may_die(place, key, fate, disk) for key, (fate, disk) in deaths.items())

    def _count(self, keys: list[str]) -> None:
        """Deaths at one crash point, whoever plays them."""
        if self._deaths_so_far:
            self._pairs += len(keys)
        elif not self._job.worker:
            for key in keys:
                self._tell({"first": key})

    def _disk_before(self, fate: Fate) -> str:
        """What decides what there will be on the disk. At first deaths unsynced writes that are lost count, too: they
        stand for what else is drawn."""
        is_all_lost = fate is Fate.LOST and self._deaths_so_far
        return platter_digest(self._world) if is_all_lost else disk_digest(self._world)

    def _fates(self, place: str) -> tuple[Fate, ...]:
        """Without unsynced writes all fates are one. Between two writes they differ no more than at the write before,
        but for what a killed process and a computer without power leave behind."""
        tears = TEARS_AGAIN if self._deaths_so_far else TEARS
        if not self._world.disk.is_dirty:
            return (Fate.KEPT, Fate.LOST) if not self._deaths_so_far else (Fate.LOST,)
        return tears if place.startswith(("disk", "mirror")) else tears[: len(tears) // 2]

    def _may_die(self, place: str, key: str, fate: Fate, disk: str) -> bool:
        """True in the branch that dies here; the other one waits for it."""
        if not self._claims.take(key):
            return False
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            if status:
                self._tell({"violations": [f"the branch at {place} has failed with status {status}"]})
            return False
        self._end_life(place, fate, key, disk)
        return True

    def _end_life(self, place: str, fate: Fate, key: str, disk: str) -> None:
        """What goes with the computer, and which writes are torn, is drawn: anew at each first death, and at the
        second ones for each state of the disk, so that more of them are alike."""
        world = self._world
        asyncio._set_running_loop(world.loop)  # asyncio ties the running loop to the process
        self._deaths_so_far.append(f"{place}@{self.passed}/{fate}")
        self._stretch, self._pairs = key, 0
        self._owns_directory = False
        self.fate = fate
        world.random.seed(key if self.deaths == 0 else f"{disk} {fate}")
        self.deaths += 1
        self.person.see_dark()
        self._die_here(place)

    async def stay_dark(self) -> None:
        """As long as it takes until the next start; a branch that has nothing of its own to find out ends here."""
        loop = self._world.loop
        assert isinstance(loop, SimulatedLoop)
        self.person.see_dark()
        await asyncio.sleep(AT_ONCE_S if self.fate is Fate.KEPT else OFF_S)
        if not loop.has_timers:
            await asyncio.sleep(GRID_S - loop.time() % GRID_S)
        self._come_to(around(self._world))
        self.person.see_light()

    def _come_to(self, likeness: Likeness) -> None:
        """A state without a process: go on from here if nobody else does."""
        digest, left = digest_of(likeness.digest, disk_digest(self._world)), self._deaths_left
        if self._is_of_another_share(digest):
            self._end_stretch(ELSEWHERE)
            self._leave()
        with_more_deaths = f"dark-{left + 1}-{digest}"
        if self._claims.is_taken(with_more_deaths):
            self._end_stretch(with_more_deaths)
            self._leave()
        self._go_on_as(f"dark-{left}-{digest}")
        self._has_yet_to_open = not left
        self._world.move_to(_own_directory(self._world.directory))
        self._owns_directory = True
        reseed(self._world, likeness, digest)

    def _go_on_as(self, stretch: str) -> None:
        """End here when somebody else plays it."""
        is_ours = self._claims.take(stretch)
        self._end_stretch(stretch)
        if not is_ours:
            self._leave()

    def opened(self, opened: OpenedJournal) -> None:
        """The first process after the last death has read what there is."""
        if self._has_yet_to_open:
            self._has_yet_to_open = False
            likeness = around(self._world)
            digest = digest_of(likeness.digest, content_digest(self._world, opened))
            self._go_on_as(f"open-{digest}")
            reseed(self._world, likeness, digest)

    def _is_of_another_share(self, digest: str) -> bool:
        return self.deaths == 1 and int(digest, 16) % self._job.shares != self._job.share

    def _end_stretch(self, following: str) -> None:
        self._tell({"stretch": self._stretch, "next": following, "pairs": self._pairs})
        self._stretch, self._pairs = following, 0

    def _leave(self) -> None:
        if self._owns_directory:
            shutil.rmtree(self._world.directory, ignore_errors=True)
        os._exit(0)

    def end(self) -> None:
        """This branch has come to its end."""
        self._tell({"stretch": self._stretch, "next": END, "pairs": self._pairs, "deaths": len(self._deaths_so_far)})
        self._leave()

    def give_up(self) -> None:
        """The simulation itself has failed: say what is known."""
        self._tell({})

    def _tell(self, told: dict[str, object]) -> None:
        """One line for whoever counts."""
        violations = [*self._world.truth.violations, *told.pop("violations", ())]  # type: ignore[misc]
        if violations:
            told |= {"violations": [each[:300] for each in violations[:3]], "at": self._deaths_so_far}
            self._world.truth.violations.clear()
        os.write(self._report, json.dumps(told).encode()[:LINE_BYTES] + b"\n")

    def stop(self) -> None:
        """A last look at the world is no crash point."""
        self.quiet = True


def _own_directory(directory: Path) -> Path:
    """A copy of the few files that do not lie on the simulated disk."""
    fresh = directory.with_name(f"{directory.name.split('.')[0]}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(directory, fresh)
    return fresh
