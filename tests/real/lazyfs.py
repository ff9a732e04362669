"""A file system that forgets at a power cut what was not synced: LazyFS (github.com/dsrhaslab/lazyfs) over FUSE.

It is not part of this project: the program is named by LAZYFS or found on the path, and is left out where there is
none. What is written lies in its cache until fsync; `clear-cache` drops the cache, and a torn write lets a part of one
write through and then ends the file system, as a power cut in the middle of a flush would.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

CACHE_SIZE = "256mb"
ANSWER_S = 30.0
LOOK_S = 0.01


class NoLazyFs(Exception):
    """Why it cannot be used here."""


def find_lazyfs() -> Path:
    """The program. Raises `NoLazyFs`."""
    named = os.environ.get("LAZYFS") or shutil.which("lazyfs")
    if not named:
        raise NoLazyFs("LazyFS is not installed: name its program in LAZYFS (github.com/dsrhaslab/lazyfs)")
    if not Path("/dev/fuse").exists() or shutil.which("fusermount3") is None:
        raise NoLazyFs("FUSE is not available: no /dev/fuse, or fuse3 is not installed")
    if not os.access(named, os.X_OK):
        raise NoLazyFs(f"{named} is not a program")
    return Path(named)


@dataclass(frozen=True, slots=True)
class Tear:
    """The `occurrence`-th write to a file is torn into equal parts, of which one (1 … `parts`) reaches the disk with
    what was synced before; then the file system ends."""

    file: str
    occurrence: int
    parts: int
    kept: int


@dataclass
class LazyFs:
    """One mount at `mounted` over `directory`/root. A context manager; `restart` mounts it again."""

    program: Path
    directory: Path

    def __post_init__(self) -> None:
        self.mounted = self.directory / "mounted"
        self._root = self.directory / "root"
        for each in (self.mounted, self._root):
            each.mkdir()
        self._orders, self._done = self.directory / "orders", self.directory / "done"
        self._settings = self.directory / "lazyfs.toml"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> LazyFs:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _configure(self, tear: Tear | None) -> None:
        torn = "" if tear is None else (
            f'[[injection]]\ntype="torn-op"\nfile="{self._root / tear.file}"\noccurrence={tear.occurrence}\n'
            f"parts={tear.parts}\npersist=[{tear.kept}]\n"
        )
        self._settings.write_text(
            f'[faults]\nfifo_path="{self._orders}"\nfifo_path_completed="{self._done}"\n'
            f'[cache]\napply_eviction=false\n[cache.simple]\ncustom_size="{CACHE_SIZE}"\nblocks_per_page=1\n'
            f'[filesystem]\nlog_all_operations=false\nlogfile="{self.directory / "lazyfs.log"}"\n' + torn,
            encoding="utf-8",
        )

    def start(self, tear: Tear | None = None) -> None:
        """Mount. Raises `NoLazyFs`."""
        self._configure(tear)
        for each in (self._orders, self._done):
            each.unlink(missing_ok=True)
        command = (
            str(self.program), str(self.mounted), "--config-path", str(self._settings),
            "-o", "modules=subdir", "-o", f"subdir={self._root}", "-f",
        )
        with (self.directory / "output").open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + ANSWER_S
        while not (os.path.ismount(self.mounted) and self._done.exists()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NoLazyFs(f"it does not mount: {(self.directory / 'output').read_text(errors='replace')[-500:]}")
            time.sleep(LOOK_S)

    def stop(self) -> None:
        """Unmount, whatever state it is in."""
        subprocess.run(("fusermount3", "-uz", str(self.mounted)), capture_output=True, check=False)
        if self._process is not None:
            try:
                self._process.wait(ANSWER_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def restart(self, tear: Tear | None = None) -> None:
        self.stop()
        self.start(tear)

    def cut_power(self) -> None:
        """Everything that was not synced is gone. Nobody may be writing."""
        handle = os.open(self._done, os.O_RDONLY | os.O_NONBLOCK)
        try:
            self._order("lazyfs::clear-cache")
            ready, _, _ = select.select([handle], [], [], ANSWER_S)
            if not ready:
                raise TimeoutError("the cache is not cleared")
        finally:
            os.close(handle)

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def await_end(self) -> None:
        """Until the tear has ended it. Raises `TimeoutError`."""
        deadline = time.monotonic() + ANSWER_S
        while not self.ended:
            if time.monotonic() > deadline:
                raise TimeoutError("the file system lives on after the tear")
            time.sleep(LOOK_S)

    def _order(self, words: str) -> None:
        with self._orders.open("w", encoding="ascii") as orders:
            orders.write(words + "\n")
