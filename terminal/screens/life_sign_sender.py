"""Proves to the watchdog that the kiosk draws: one datagram a second with counters that must grow."""

from __future__ import annotations

import os
import socket

from contracts.life_signs import ENVIRONMENT_NAME, LifeSign


class LifeSignSender:
    """Sends to the watchdog's socket; a watchdog that is not there is no reason to stop."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    @classmethod
    def from_environment(cls) -> LifeSignSender | None:
        """None when nobody supervises this process."""
        path = os.environ.get(ENVIRONMENT_NAME, "")
        return cls(path) if path else None

    def send(self, *, frames: int, loop_ticks: int) -> bool:
        """Report the counters. False when the watchdog did not take it. A kiosk may always be stopped."""
        sign = LifeSign(
            process="kiosk",
            pid=os.getpid(),
            counters={"frames": frames, "loop_ticks": loop_ticks},
            safe_to_stop=True,
            ready=frames > 0,
        )
        try:
            self._socket.sendto(sign.encode(), self._path)
        except OSError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()
