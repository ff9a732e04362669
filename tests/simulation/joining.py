"""Branches that have come to the same state have the same future: the first one there plays it, the others join it.

A state is looked at three times: at the death itself, before anything has been forked; when the power comes back; and,
after the last death, when the next process has opened the journal. What a process knew that has died counts for nothing
then; what stays is the disk, byte by byte, the devices, the host, the client, and which records somebody was told of.
`Likeness` says what is compared of them. Once nobody dies any more, it no longer matters how rows lie in pages and
pages in the log: only another death could tell that apart, or a page that is damaged, and those are looked for.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import apsw

from tests.simulation.disk import SimulatedFile
from tests.simulation.life import MIRROR
from tests.simulation.likeness import DIGEST_BYTES, Likeness

if TYPE_CHECKING:
    from terminal.journal.opening import OpenedJournal
    from tests.simulation.world import World


class Claims:
    """Which branch plays what: all processes mark it in one folder, so that each state is played by one of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str) -> bool:
        """Whether nobody had it before."""
        try:
            os.close(os.open(self._folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return False
        return True

    def is_taken(self, name: str) -> bool:
        return (self._folder / name).exists()


def at_death(world: World, place: str) -> Likeness:
    """At a crash point, before it is known what becomes of unsynced writes: all but the disk."""
    likeness = around(world)
    likeness.add_stack("tests.simulation.loop")
    if place.startswith("line"):
        likeness.add((place, world.acceptor_cable.last, world.register_cable.last))
    return likeness


def around(world: World) -> Likeness:
    """All that does not die with the process, but for the disk."""
    likeness = Likeness(world.loop.time())
    likeness.add(_known(world))
    likeness.add([task.get_coro() for task in world.device_works])
    likeness.add(None if world.branching is None else world.branching.person.body)
    likeness.add((world.acceptor, world.register, _host(world)))
    return likeness


def _known(world: World) -> tuple[object, ...]:
    """What the books know, and which records somebody was told of."""
    truth = world.truth
    return truth.acknowledged, truth._acknowledged_link, truth.books.sequence, truth._link


def digest_of(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=DIGEST_BYTES).hexdigest()


def disk_digest(world: World) -> str:
    """Names and contents: what lies there for good, what the system still has to write, what it shows."""
    digest = blake2b(digest_size=DIGEST_BYTES)
    for name, file in _files(world):
        digest.update(f"{name} {file.platter} {len(file.pending)}\n".encode())
        for each in file.pending:
            offset, data = (each, b"cut") if isinstance(each, int) else each
            digest.update(b"%d %d " % (offset, len(data)) + data)
        if file.is_forgotten:
            digest.update(file.seen)
    _add_other_files(digest, world)
    return digest.hexdigest()


def platter_digest(world: World) -> str:
    """Names and contents of what lies there for good: all that is left when everything else is lost."""
    digest = blake2b(digest_size=DIGEST_BYTES)
    for name, file in _files(world):
        digest.update(f"{name} {file.platter}\n".encode())
    _add_other_files(digest, world)
    return digest.hexdigest()


def content_digest(world: World, opened: OpenedJournal) -> str:
    """Every row of a journal that has just been opened, whether its pages are sound, the second journal's files, and
    what the product and the books think of them."""
    told = (opened.journal.mirror_trouble(), opened.broken, _known(world))
    digest = blake2b(repr(told).encode(), digest_size=DIGEST_BYTES)
    connection = opened.journal._database.connection
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    for (name,) in names:
        digest.update(repr((name, connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall())).encode())
    digest.update(repr(connection.execute("PRAGMA integrity_check").fetchall()).encode())
    for name, file in _files(world):
        if name.startswith(MIRROR):
            digest.update(f"{name} {file.platter} {len(file.pending)}\n".encode())
    _add_other_files(digest, world)
    return digest.hexdigest()


def _files(world: World) -> list[tuple[str, SimulatedFile]]:
    above = f"{world.directory}/"
    return [(name.removeprefix(above), file) for name, file in sorted(world.disk.files.items())]


def _add_other_files(digest: blake2b, world: World) -> None:
    """What does not lie on the simulated disk. The ballast is large and always the same."""
    for path in sorted(world.directory.iterdir()):
        content = str(path.stat().st_size).encode() if path.suffix == ".ballast" else path.read_bytes()
        digest.update(path.name.encode() + content)


_HOSTS: dict[int, str] = {}


def _host(world: World) -> str:
    """All that the host has written down. Requests that it has carried out are counted; only they change it."""
    acted = world.host_line.acted
    if acted not in _HOSTS:
        connection = world.host.store.connection
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        rows = [(name, connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()) for (name,) in tables]
        _HOSTS.clear()
        _HOSTS[acted] = blake2b(repr(rows).encode(), digest_size=DIGEST_BYTES).hexdigest()
    return _HOSTS[acted]


def reseed(world: World, likeness: Likeness, digest: str) -> None:
    """Whoever joins would have drawn the same numbers."""
    sources = [world.random, world.entropy, world.host_line.random, *likeness.sources]
    if world.branching is not None:
        sources.append(world.branching.system.random)
    for index, each in enumerate(sources):
        each.seed(f"{digest} {index}")
    apsw.randomness(0)  # SQLite asks the system again


class SeededSystem(apsw.VFS):
    """What SQLite asks of the system by default: the salt of a log comes from the seed, too."""

    def __init__(self) -> None:
        super().__init__("seeded", base="", makedefault=True)
        self.random = Random(1)

    def xRandomness(self, numbytes: int) -> bytes:
        return self.random.randbytes(numbytes)
