"""`python -m terminal kiosk --config FILE`: draw the pages of the service.

A client may be waiting for the screen to come back, so the few keys that the kiosk needs are read here without the
whole configuration; when they do not make sense, the configuration says everything that is wrong with the file.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
import tomllib
from pathlib import Path
from typing import Any

from terminal.process_secrecy import forbid_memory_dumps
from terminal.screens.kiosk_app import run
from terminal.screens.settings import KioskSettings

EXIT_CONFIG = 2


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m terminal kiosk")
    parser.add_argument("--config", type=Path, required=True)
    file = parser.parse_args(arguments).config
    try:
        settings, zone = read_settings(file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        importlib.import_module("terminal.commands.check_config").main([str(file)])
        return EXIT_CONFIG
    # The clock on the glass is that of the place, whatever zone the machine was installed with.
    os.environ["TZ"] = zone
    time.tzset()
    forbid_memory_dumps()
    return run(settings)


def read_settings(file: Path) -> tuple[KioskSettings, str]:
    """What the kiosk needs, and the time zone of the place; defaults are those of `terminal.configuration`.

    Raises whatever a file that is not a configuration brings: `OSError`, `ValueError`, `KeyError`, `TypeError`.
    """
    body = tomllib.loads(file.read_text(encoding="utf-8"))
    kiosk: dict[str, Any] = body.get("kiosk", {})
    folder = file.absolute().parent
    socket = body.get("service", {}).get("socket") or str(Path(body["terminal"]["state_directory"]) / "service.sock")
    mirror = kiosk.get("mirror_socket")
    settings = KioskSettings(
        socket_path=str(folder / socket),
        panel=kiosk.get("panel", "portrait"),
        width_px=int(kiosk.get("width_px", 1080)),
        height_px=int(kiosk.get("height_px", 1920)),
        dpi=int(kiosk.get("dpi", 102)),
        theme_name=kiosk.get("theme", "default"),
        fullscreen=bool(kiosk.get("fullscreen", True)),
        offscreen=bool(kiosk.get("offscreen", False)),
        mirror_socket=str(folder / mirror) if mirror else None,
    )
    return settings, str(body["terminal"]["time_zone"])
