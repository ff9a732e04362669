"""A disk that can no longer be written, with the whole terminal in real processes.

The state directory is made read-only by a mount that only the watchdog and its processes see, first while they work
and then before they start.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from simulator.bench.configuration import Setting, set_keys
from simulator.bench.mirror_client import Look, MirrorClient
from simulator.billing_host.demo_accounts import ALWAYS_READ
from tests.support.person import Person
from tests.support.real_terminal import RealBench, RealTerminal

NOTES = [1000, 500]
SPEED = 20.0
PATIENCE_S = 90.0
LOOK_S = 0.1
BACK_OFF_S = 2
ATTEMPTS = 3
SCRIPT = """
read_only() { mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && touch "$2"; }
state=$1 wanted=$2 made=$3; shift 3
[ -e "$wanted" ] && read_only "$state" "$made"
"$@" &
trap 'kill -TERM $!' TERM
until [ -e "$wanted" ]; do sleep 0.1; done
[ -e "$made" ] || read_only "$state" "$made"
wait $!; wait $!
"""
NAMESPACE = ("unshare", "--map-root-user", "--mount")
pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"did not happen: {what}"
        time.sleep(LOOK_S)


class Disk:
    """The watchdog of a bench in a mount namespace of its own, with a state directory that can become read-only."""

    def __init__(self, bench: RealBench, folder: Path) -> None:
        self._layout = bench.layout
        self._wanted, self._made = folder / "wanted", folder / "made"
        self.log = folder / "watchdog.log"

    @contextmanager
    def watchdog(self) -> Iterator[None]:
        command = (sys.executable, "-m", "watchdog", "--config", str(self._layout.configuration))
        names = (str(self._layout.state), str(self._wanted), str(self._made))
        with self.log.open("ab") as log, subprocess.Popen(
            (*NAMESPACE, "sh", "-c", SCRIPT, "sh", *names, *command), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        ) as shell:
            try:
                yield
            finally:
                self._wanted.touch()
                eventually(self._made.exists, "the script goes on")
                shell.send_signal(signal.SIGTERM)

    def becomes_read_only(self) -> None:
        self._wanted.touch()
        eventually(self._made.exists, "the disk becomes read-only")

    def is_good_again(self) -> None:
        self._wanted.unlink()
        self._made.unlink()

    def said(self, text: str) -> int:
        return self.log.read_text(encoding="utf-8").count(text)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[RealBench]:
    tried = subprocess.run((*NAMESPACE, "mount", "--bind", str(tmp_path), str(tmp_path)), capture_output=True,
                           text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no mount namespace here: {tried.stderr.strip()}")
    with RealBench(tmp_path, SPEED, kiosk=True) as made:
        file = made.layout.configuration
        settings: dict[str, Setting] = {"watchdog.restart_backoff_max_s": BACK_OFF_S, "kiosk.offscreen": True,
                    "kiosk.mirror_socket": str(made.layout.mirror_socket)}
        file.write_text(set_keys(file.read_text(encoding="utf-8"), settings), encoding="utf-8")
        yield made


def test_a_read_only_disk_darkens_the_service_and_loses_nothing(bench: RealBench, tmp_path: Path) -> None:
    disk = Disk(bench, tmp_path)
    with disk.watchdog():
        eventually(lambda: bench.status().get("in_service", False), "in service")
        pay(bench)
        before = bench.status()
        kiosk = bench.pid_of("kiosk")
        disk.becomes_read_only()
        os.kill(bench.pid_of("service"), signal.SIGKILL)
        moment = picture_without_service(bench)
        eventually(lambda: refusals(disk) >= ATTEMPTS, "the service says that it cannot start, again and again")
        eventually(lambda: picture(bench).jpeg not in (b"", moment), "another page than that of a short pause")
        assert bench.pid_of("kiosk") == kiosk
        assert disk.said("code=WD05") == 0, "no restart cures a disk, so none is drawn from the budget"
        assert_paced(disk)
    disk.log.rename(disk.log.with_name("first.log"))

    with disk.watchdog():
        eventually(lambda: refusals(disk) > 0, "refused again")
        assert disk.said("state_directory_not_writable") == 1
        eventually(lambda: disk.said("process_running name=kiosk") == 1, "a page on the glass all the same")
    disk.is_good_again()

    with disk.watchdog():
        eventually(lambda: bench.status().get("in_service", False), "in service again")
        after = bench.status()
        assert after["cassette"] == before["cassette"]
        assert after["journal"]["newest"] > before["journal"]["newest"]
        assert bench.ask("billing-host", "state")["payments_kopecks"] == bench.cassette_kopecks == sum(NOTES) * 100
    assert bench.command("journal", "verify", str(bench.layout.state / "journal.db")).returncode == 0


def pay(bench: RealBench) -> None:
    terminal = RealTerminal(bench)
    person = Person(terminal, NOTES, ALWAYS_READ)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not person.outcomes:
            assert time.monotonic() < deadline, f"no outcome; seen {person.seen}"
            person.step()
            time.sleep(LOOK_S)
    finally:
        terminal.close()
    paid = sum(NOTES) * 100
    eventually(lambda: bench.ask("billing-host", "state")["payments_kopecks"] == paid, "the host has the money")


def refusals(disk: Disk) -> int:
    """How often the service said plainly why it cannot start, and ended with the code for it."""
    assert disk.said("Traceback") == 0, disk.log.read_text()
    return min(disk.said("Read-only file system\n"), disk.said("process_gone name=service") - 1)


def assert_paced(disk: Disk) -> None:
    times = [line.split(" ")[1] for line in disk.log.read_text().splitlines() if "code=3" in line]
    assert len(times) >= ATTEMPTS
    seconds = [_seconds(each) for each in times]
    pauses = [(later - earlier) % 86_400 for earlier, later in pairwise(seconds)]
    assert min(pauses) >= BACK_OFF_S, pauses


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def picture_without_service(bench: RealBench) -> bytes:
    """What the kiosk shows first when the service is gone."""
    eventually(lambda: not bench.status(), "the service is gone")
    return picture(bench).jpeg


def picture(bench: RealBench) -> Look:
    async def look() -> Look:
        return await MirrorClient(bench.layout.mirror_socket, 0.25).look(0)

    with suppress(OSError):
        return asyncio.run(look())
    return Look(0, 0, 0, b"")
