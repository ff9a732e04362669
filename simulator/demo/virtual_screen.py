"""A screen without glass: an X server in memory, touched with real pointer events and photographed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL import Image, ImageGrab

START_LIMIT_BYTES = 16


class ScreenMissing(Exception):
    """Xvfb or xdotool is not installed; the text says what to do."""


class VirtualScreen:
    """One X server of the given size. A context manager; sets `DISPLAY` for programs started meanwhile."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._server: subprocess.Popen[bytes] | None = None
        self._before = os.environ.get("DISPLAY")
        self.display = ""

    def __enter__(self) -> Self:
        width, height = self._size
        reading, writing = os.pipe()
        try:
            self._server = subprocess.Popen(
                ("Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"),
                pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            raise ScreenMissing("Xvfb is not installed: make system") from error
        finally:
            os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            self.display = ":" + answer.readline(START_LIMIT_BYTES).decode().strip()
        os.environ["DISPLAY"] = self.display
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is None:
            os.environ.pop("DISPLAY", None)
        else:
            os.environ["DISPLAY"] = self._before
        if self._server is not None:
            self._server.terminate()
            self._server.wait()

    def touch(self, x: float, y: float) -> None:
        """A finger comes down on a pixel and goes up again."""
        command = ("xdotool", "mousemove", str(round(x)), str(round(y)), "click", "1")
        try:
            subprocess.run(command, check=True, env={**os.environ, "DISPLAY": self.display}, capture_output=True)
        except FileNotFoundError as error:
            raise ScreenMissing("xdotool is not installed: make system") from error

    def photograph(self, path: Path) -> None:
        """Everything that is on the glass, as a PNG."""
        picture: Image.Image = ImageGrab.grab(xdisplay=self.display)
        picture.save(path)
