"""The operating system as the service sees it: the clock, and the end of the process."""

from __future__ import annotations

import logging
import os
import sys
import time
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

log = logging.getLogger(__name__)

EXIT_STORE_FAILED = 70
"""Exit code after the journal did not confirm; the next process derives the state from the disk."""


class SystemClock:
    """Implements `ports.clock.Clock`. `monotonic` is the clock of the event loop."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(self._zone)


def halt(reason: str) -> NoReturn:
    """End at once: no clean-up, so that nothing is told to a device that is not on disk."""
    log.critical("halt reason=%s", reason)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_STORE_FAILED)
