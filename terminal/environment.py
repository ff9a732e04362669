"""The operating system as the service sees it: the clock, the watchdog's word, and the end of the process."""

from __future__ import annotations

import logging
import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from contracts import supervision
from contracts.faults import ActiveFault

log = logging.getLogger(__name__)

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
EXIT_STORE_FAILED = 70
"""Exit code after the journal did not confirm; the next process derives the state from the disk."""


class SystemClock:
    """Implements `ports.clock.Clock`. `monotonic` is the clock of the event loop."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        """With the offset of this moment, not the zone: then sums and comparisons hold over a change of the clocks."""
        now = datetime.now(self._zone)
        offset = now.utcoffset()
        assert offset is not None
        return now.replace(tzinfo=timezone(offset))


def watchdog_faults(state_directory: Path) -> tuple[ActiveFault, ...]:
    """What the watchdog says is wrong with the processes; nothing when no watchdog is at work."""
    try:
        with (state_directory / supervision.FILE).open("rb") as file:
            word = supervision.decode(file.read(supervision.MAX_BYTES + 1))
        boot = BOOT_ID.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        log.warning("watchdog_word_unusable reason=%s", error)
        return ()
    return word.faults if word.is_fresh(boot, time.monotonic()) else ()


def halt(reason: str) -> NoReturn:
    """End at once: no clean-up, so that nothing is told to a device that is not on disk."""
    log.critical("halt reason=%s", reason)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_STORE_FAILED)
