"""Tells systemd that the watchdog is ready and alive (sd_notify(3)): one datagram each, nothing without systemd."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


class Notifier:
    """Speaks to the socket named in the environment, or to nobody."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        period_us = environment.get("WATCHDOG_USEC", "")
        meant_for_us = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watched = period_us.isdigit() and int(period_us) > 0 and meant_for_us

    def say(self, message: str) -> None:
        """Send `READY=1`, `WATCHDOG=1`, `STOPPING=1` … A full or missing socket is systemd's trouble, not ours."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
                line.sendto(message.encode(), address)
        except OSError as error:
            log.warning("notify_failed message=%s reason=%s", message, error.strerror)
