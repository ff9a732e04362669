"""Entry of the kiosk process.

Kivy reads its environment when it is imported, and an import of it anywhere would open that door too early. So this
module imports none of it: it locks the environment down first and loads the drawing half afterwards.
"""

from __future__ import annotations

import importlib
import time

from terminal.screens import environment
from terminal.screens.settings import KioskSettings

__all__ = ["KioskSettings", "run"]


def run(settings: KioskSettings) -> int:
    """Draw until told to stop. 0 after SIGTERM or SIGINT, 1 after a fault: the watchdog then starts a new process."""
    environment.prepare(settings)
    environment.leave_out_kivys_rules()
    kiosk = importlib.import_module("terminal.screens.kiosk").Kiosk(settings, local_time=_local_time)
    code: int = kiosk.run()
    return code


def _local_time() -> str:
    return time.strftime("%H:%M")
