"""`python -m terminal kiosk --config FILE`: draw the pages of the service."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from terminal.config import ConfigError, describe_errors, load
from terminal.screens.kiosk_app import run
from terminal.screens.settings import KioskSettings

EXIT_CONFIG = 2


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m terminal kiosk")
    parser.add_argument("--config", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
    except ConfigError as error:
        sys.stderr.write(describe_errors(error) + "\n")
        return EXIT_CONFIG
    # The clock on the glass is that of the place, whatever zone the machine was installed with.
    os.environ["TZ"] = config.terminal.time_zone.key
    time.tzset()
    kiosk = config.kiosk
    return run(
        KioskSettings(
            socket_path=str(config.service_socket),
            panel=kiosk.panel.value,
            width_px=kiosk.width_px,
            height_px=kiosk.height_px,
            dpi=kiosk.dpi,
            theme_name=kiosk.theme,
            fullscreen=kiosk.fullscreen,
            offscreen=kiosk.offscreen,
            mirror_socket=str(kiosk.mirror_socket) if kiosk.mirror_socket else None,
        )
    )
