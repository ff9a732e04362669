"""Makes a directory ready for the bench. Doing it again changes nothing that a terminal has left there.

The configuration is made once from the commented example; later starts set only the keys that the bench must
decide, so whatever else was changed by hand stays. Passwords are made at random on the first start.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from simulator.bench.configuration import EXAMPLE, PANELS, Setting, comment_out, set_keys
from simulator.bench.layout import BenchLayout

LOOPBACK = "127.0.0.1"
FALLBACK_ZONE = "Europe/Moscow"
ZONE_LINK = Path("/etc/localtime")
ZONE_FOLDER = "/zoneinfo/"
REGISTER_PASSWORD_DIGITS = 8
TOKEN_BYTES = 24
ACCEPTOR_BAUD = 9600
REGISTER_BAUD = 115_200


class AlreadyRunning(Exception):
    """Another bench works in the same directory."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line decides."""

    panel: str = "portrait"
    speed: float = 1.0
    kiosk: bool = True


@dataclass(frozen=True, slots=True)
class Prepared:
    """A directory that is ready, and the port for the billing host in it."""

    layout: BenchLayout
    wishes: Wishes
    host_port: int
    zone: str
    """Where the machine stands, for the terminal and for the register's clock."""


def prepare(layout: BenchLayout, wishes: Wishes) -> Prepared:
    """Write what is missing. Raises `ValueError` when the configuration found has no place for a key."""
    for folder in (layout.directory, layout.state, layout.devices, layout.logs,
                   layout.link("any").parent, layout.service_socket.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_secret(layout.register_password, _random_digits(REGISTER_PASSWORD_DIGITS))
    _write_secret(layout.host_credentials, json.dumps({"token": secrets.token_urlsafe(TOKEN_BYTES)}) + "\n")
    source = layout.configuration if layout.configuration.exists() else EXAMPLE
    text = source.read_text(encoding="utf-8")
    prepared = Prepared(layout, wishes, free_port(_port_in(text)), machine_zone())
    text = comment_out(set_keys(text, _settings(prepared)), "fiscal_register.password")
    _replace(layout.configuration, text)
    return prepared


def lock(layout: BenchLayout) -> IO[str]:
    """Held while the file returned is open. Raises `AlreadyRunning`."""
    layout.directory.mkdir(parents=True, exist_ok=True)
    held = layout.lock.open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        held.close()
        raise AlreadyRunning(f"a bench already works in {layout.directory}") from error
    return held


def free_port(wanted: int) -> int:
    """The wanted port of the loopback address when it is free, else one that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port of the loopback address is free")


def machine_zone() -> str:
    """The IANA zone of this machine, Moscow when it has none."""
    try:
        _, found, zone = str(ZONE_LINK.resolve()).partition(ZONE_FOLDER)
    except OSError:
        return FALLBACK_ZONE
    return zone if found and "/" in zone and not zone.startswith("Etc/") else FALLBACK_ZONE


def _settings(prepared: Prepared) -> dict[str, Setting]:
    layout, size = prepared.layout, PANELS[prepared.wishes.panel]
    headless = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return {
        "terminal.state_directory": str(layout.state),
        "terminal.time_zone": prepared.zone,
        "bill_acceptor.address": f"pty://{layout.link('bill-acceptor')}?baud={ACCEPTOR_BAUD}",
        "fiscal_register.address": f"pty://{layout.link('fiscal-register')}?baud={REGISTER_BAUD}",
        "fiscal_register.password_file": str(layout.register_password),
        "processing.url": f"http://{LOOPBACK}:{prepared.host_port}/v1",
        "processing.credentials_file": str(layout.host_credentials),
        "service.socket": str(layout.service_socket),
        "kiosk.panel": prepared.wishes.panel,
        "kiosk.width_px": size.width,
        "kiosk.height_px": size.height,
        "kiosk.dpi": size.dots_per_inch,
        "kiosk.fullscreen": False,
        "kiosk.offscreen": headless,
        "kiosk.mirror_socket": str(layout.mirror_socket),
    }


def _port_in(text: str) -> int:
    """The port of the billing host in a configuration of the bench, 0 in any other."""
    start = f'url = "http://{LOOPBACK}:'
    for line in text.splitlines():
        if line.startswith(start):
            port = line[len(start):].partition("/")[0]
            return int(port) if port.isdigit() else 0
    return 0


def _random_digits(count: int) -> str:
    return str(secrets.randbelow(9 * 10 ** (count - 1)) + 10 ** (count - 1)) + "\n"


def _write_secret(path: Path, text: str) -> None:
    """Once, readable by its owner only."""
    if path.exists():
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _replace(path: Path, text: str) -> None:
    """In one step, and only when something changes."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
