"""Entry of the kiosk process.

Kivy reads its environment when it is imported, and an import of it anywhere would open that door too early. So this
module imports none of it: it locks the environment down first and loads the drawing half afterwards.
"""

from __future__ import annotations

import importlib
import sys
import time

from terminal.screens import environment, memory
from terminal.screens.settings import KioskSettings
from terminal.screens.theme import ThemeError

__all__ = ["EXIT_THEME", "KioskSettings", "run"]

EXIT_THEME = 2
"""As for any setting that cannot be used: a new process would end in the same way."""


def run(settings: KioskSettings) -> int:
    """Draw until told to stop. 0 after SIGTERM or SIGINT, 1 after a fault: the watchdog then starts a new process; 2
    and a line on the error output when the theme cannot be used."""
    memory.bound_heaps()
    environment.prepare(settings)
    environment.leave_out_kivys_rules()
    try:
        kiosk = importlib.import_module("terminal.screens.kiosk").Kiosk(settings, local_time=_local_time)
    except ThemeError as error:
        sys.stderr.write(f"Оформление экрана не прочитано: {error}\n")
        return EXIT_THEME
    code: int = kiosk.run()
    return code


def _local_time() -> str:
    return time.strftime("%H:%M")
