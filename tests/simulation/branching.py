"""Every death at once: at a crash point the whole simulated world is forked, and one of the two dies there.

The one that lives goes on to the next crash point; the one that died recovers and is forked again at every crash
point of its recovery, down to `depth` deaths in a row. A crash point is not tried twice: two are the same when they
have the same place, the same history of records, the same unsynced writes, and devices, host and client in the same
state - the tenth poll of an idle acceptor, or the same recovery after another death.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from tests.simulation.crash import CrashPoints
from tests.simulation.disk import Fate

if TYPE_CHECKING:
    from tests.simulation.world import World

LINE_BYTES = 3_500
"""A report is written in one piece, shorter than what a pipe takes at once."""


class Branching(CrashPoints):
    """Crash points at which the process is forked. Made for a worker of `jobs`, which takes every `jobs`-th point."""

    def __init__(
        self, depth: int, fates: tuple[tuple[Fate, ...], ...], worker: int, jobs: int, report: int, seen: Path
    ) -> None:
        super().__init__(iter(()), lambda _place: None)
        self.deaths_so_far: list[str] = []
        """Where this branch has died."""
        self.fate = Fate.LOST
        self.tried = 0
        """Crash points of this life at which branches were made."""
        self._depth = depth
        self._fates = fates
        self._worker = worker
        self._jobs = jobs
        self._report = report
        self._seen = seen
        self._world: World
        self._die_here: Callable[[str], None]
        self.quiet = False

    @property
    def directory(self) -> Path:
        """Where the files of this branch lie."""
        return self._world.directory

    def attach(self, world: World, die: Callable[[str], None]) -> None:
        """The world whose crash points these are."""
        self._world = world
        self._die_here = die

    def here(self, place: str) -> bool:
        self.passed += 1
        if self.quiet or len(self.deaths_so_far) >= self._depth:
            return False
        if self.deaths_so_far and self._world.is_settled():
            return False
        likeness = repr((self._worker if not self.deaths_so_far else -1, place, *self._world.likeness()))
        if not self._is_fresh(likeness):
            return False
        self.tried += 1
        if not self.deaths_so_far and self.tried % self._jobs != self._worker:
            return False
        return any(self._branch(place, fate) for fate in self._fates_here(place))

    def _is_fresh(self, likeness: str) -> bool:
        """Whether no branch has been here; all processes mark in one folder where they have been."""
        name = blake2b(likeness.encode(), digest_size=12).hexdigest()
        try:
            os.close(os.open(self._seen / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return False
        return True

    def _fates_here(self, place: str) -> Iterator[Fate]:
        """Without unsynced writes all fates are one. Between two writes they differ no more than at the write before,
        but for what a killed process and a computer without power leave behind."""
        fates = self._fates[min(len(self.deaths_so_far), len(self._fates) - 1)]
        if not self._world.disk.is_dirty:
            return iter(fates[:1])
        at_disk = place.startswith(("disk", "mirror"))
        return iter(fates if at_disk else fates[: max(1, len(fates) // 2)])

    def _branch(self, place: str, fate: Fate) -> bool:
        """True in the branch that dies here; the other one waits for it."""
        child = os.fork()
        if child:
            _, status = os.waitpid(child, 0)
            if status:
                self.tell([f"the branch at {place} has failed with status {status}"])
            return False
        asyncio._set_running_loop(self._world.loop)  # asyncio ties the running loop to the process
        self.deaths_so_far.append(f"{place}@{self.passed}/{fate}")
        self.tried = 0
        self.fate = fate
        self._world.move_to(_own_directory(self._world.directory))
        self.deaths += 1
        self._die_here(place)
        return True

    def tell(self, violations: list[str]) -> None:
        """One line for whoever counts: this branch has come to its end."""
        line = json.dumps({"deaths": self.deaths_so_far, "violations": [each[:300] for each in violations[:3]]})
        os.write(self._report, line.encode()[:LINE_BYTES] + b"\n")

    def stop(self) -> None:
        """A last look at the world is no crash point."""
        self.quiet = True


def _own_directory(directory: Path) -> Path:
    """A copy of the few files that do not lie on the simulated disk."""
    fresh = directory.with_name(f"{directory.name.split('.')[0]}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(directory, fresh)
    return fresh
