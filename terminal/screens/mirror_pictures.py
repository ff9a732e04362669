"""Frames as pictures for a remote look: numbered, made smaller, and packed as JPEG."""

from __future__ import annotations

import importlib
import io
import threading
import zlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pixels:
    """One frame as it was drawn: RGBA, lowest line first."""

    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """What is sent: `jpeg` is empty when the picture is still the one that the onlooker has."""

    frame: int
    width: int
    height: int
    jpeg: bytes


class Pictures:
    """Numbers distinct pictures, so that an unchanged panel is not sent again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sum = -1
        self._frame = 0

    def take(self, pixels: Pixels, quality: int, scale: float, since: int) -> Picture:
        """Pack a frame; `quality` 10 to 95, `scale` 0.1 to 1, `since` the number that the onlooker has."""
        with self._lock:
            sum_now = zlib.adler32(pixels.data)
            self._frame += sum_now != self._sum
            self._sum = sum_now
            frame = self._frame
        width, height = round(pixels.width * scale), round(pixels.height * scale)
        jpeg = b"" if frame == since else _jpeg(pixels, (width, height), quality)
        return Picture(frame, width, height, jpeg)


def _jpeg(pixels: Pixels, size: tuple[int, int], quality: int) -> bytes:
    image_module = importlib.import_module("PIL.Image")  # heavy, and most kiosks are never looked at
    whole = image_module.frombuffer("RGBA", (pixels.width, pixels.height), pixels.data, "raw", "RGBA", 0, -1)
    small = whole.convert("RGB").resize(size, image_module.Resampling.BOX)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=quality)
    return file.getvalue()
