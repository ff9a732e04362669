"""Life signs of the service: proof to the watchdog that the loop turns and the devices are being asked."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable

from contracts.life_signs import ENVIRONMENT_NAME, PERIOD_S, LifeSign

log = logging.getLogger(__name__)


class LifeSigns:
    """Sends what `look` returns every second to the watchdog, if there is one."""

    def __init__(self, look: Callable[[int], LifeSign]) -> None:
        self._look = look
        self._address = os.environ.get(ENVIRONMENT_NAME, "")

    async def run(self) -> None:
        ticks = 0
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            while True:
                ticks += 1
                if self._address:
                    self._send(out, self._look(ticks))
                await asyncio.sleep(PERIOD_S)

    def _send(self, out: socket.socket, sign: LifeSign) -> None:
        try:
            out.sendto(sign.encode(), self._address)
        except OSError as error:
            # Nobody listens: the watchdog is being restarted and will hear the next one.
            log.debug("life_sign_not_sent why=%s", error)
