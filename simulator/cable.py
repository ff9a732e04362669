"""The device's end of the cable to the terminal, whatever it is made of."""

from __future__ import annotations

from typing import Protocol


class Cable(Protocol):
    """Bytes from and to the host. Like a real cable it never complains: what nobody listens to is gone."""

    async def read(self) -> bytes:
        """Wait, through unplugging too, for at least one byte from the host."""
        ...

    async def write(self, data: bytes) -> None:
        """Send to the host; the bytes vanish when the cable is out or nobody has it open."""
        ...

    def unplug(self) -> None:
        """Pull the cable: the host sees a hang-up. Harmless when it is out already."""
        ...

    def plug(self) -> None:
        """Put the cable back, under the same address. Harmless when it is in already."""
        ...

    def close(self) -> None:
        """Take the cable away for good, with its address."""
        ...


class PowerCut(Exception):
    """The device lost its power in the middle of what it was doing; only its mechanics remember anything."""
