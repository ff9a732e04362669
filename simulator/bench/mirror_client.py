"""The kiosk's picture and touches through its mirror socket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOK_TIMEOUT_S = 5.0
MAX_PICTURE_BYTES = 8_000_000
MAX_HEADER_BYTES = 65_536
JPEG_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the screen. `jpeg` is empty when nothing has changed since the frame asked about."""

    frame: int
    width: int
    height: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Pixels of the panel, from its top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


class MirrorClient:
    """Keeps one connection to the kiosk and opens it again when the kiosk has been away."""

    def __init__(self, socket: Path, scale: float) -> None:
        self._socket = socket
        self._scale = scale
        self._lock = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def look(self, since: int) -> Look:
        """Raises `OSError` when there is no kiosk or it does not answer."""
        request = {"look": {"quality": JPEG_QUALITY, "scale": self._scale, "since": since}}
        header, body = await self._exchange(request)
        try:
            return Look(int(header["frame"]), int(header["width"]), int(header["height"]), body)
        except (KeyError, TypeError, ValueError) as error:
            raise ConnectionError(f"the mirror's header does not fit: {error}") from error

    async def touch(self, x: float, y: float, action: str) -> None:
        """Touch a point of the panel, in its own pixels; `action` is `down`, `up` or `tap`."""
        await self._exchange({"touch": {"x": x, "y": y, "action": action}})

    async def layout(self) -> dict[str, Rectangle]:
        """What can be touched on the present page, by name. Raises `OSError` when there is no kiosk."""
        header, _ = await self._exchange({"layout": {}})
        try:
            return {str(each["name"]): Rectangle(float(each["x"]), float(each["y"]), float(each["width"]),
                                                 float(each["height"])) for each in header["elements"]}
        except (KeyError, TypeError, ValueError) as error:
            raise ConnectionError(f"the mirror's layout does not fit: {error}") from error

    async def _exchange(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        async with self._lock:
            try:
                async with asyncio.timeout(LOOK_TIMEOUT_S):
                    return await self._ask(request)
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                self.close()
                reason = str(error) or type(error).__name__
                raise ConnectionError(f"the kiosk's mirror does not answer: {reason}") from error
            except asyncio.CancelledError:
                self.close()
                raise

    async def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_unix_connection(str(self._socket), limit=MAX_HEADER_BYTES)
        reader, writer = self._streams
        writer.write(json.dumps(request).encode() + b"\n")
        await writer.drain()
        header = json.loads(await reader.readuntil(b"\n"))
        if not isinstance(header, dict) or "error" in header:
            raise ValueError(f"refused: {header}")
        size = int(header.get("bytes", 0))
        if not 0 <= size <= MAX_PICTURE_BYTES:
            raise ValueError(f"a picture of {size} bytes")
        return header, await reader.readexactly(size) if size else b""

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
