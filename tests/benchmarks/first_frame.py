"""Programs that say when their first frame is finished: a byte on a file descriptor.

`python -m tests.benchmarks.first_frame empty CONFIG FD` is a Kivy window with nothing in it, in the kiosk's own
environment: the least that a kiosk could take to start. `… kiosk CONFIG FD` is the kiosk's command itself.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from terminal.screens import environment
from terminal.screens.settings import KioskSettings

KIOSK_MODULE = "terminal.screens.kiosk"
WIDTH, HEIGHT, DOTS_PER_INCH = 1080, 1920, 102


def empty(configuration: Path, told: int) -> int:
    """Draw nothing until ended."""
    socket = str(configuration.with_name("none.sock"))
    environment.prepare(
        KioskSettings(socket, "portrait", WIDTH, HEIGHT, DOTS_PER_INCH, "default", False, True, None))
    base = importlib.import_module("kivy.base")
    window = importlib.import_module("kivy.core.window").Window
    finish = importlib.import_module("kivy.graphics.opengl").glFinish

    def drawn(_: object) -> bool:
        window.flip()
        finish()
        os.write(told, b"1")
        window.unbind(on_flip=drawn)
        return True

    window.bind(on_flip=drawn)
    base.runTouchApp(importlib.import_module("kivy.uix.widget").Widget())
    return 0


def kiosk(configuration: Path, told: int) -> int:
    """Draw the pages of the service until ended. The kiosk loads its drawing half itself, when its time has come."""
    load = importlib.import_module

    def load_watched(name: str, package: str | None = None) -> ModuleType:
        module = load(name, package)
        if name == KIOSK_MODULE:
            module.Kiosk = _reporting(module.Kiosk, told)  # type: ignore[attr-defined]
        return module

    importlib.import_module = load_watched
    code: int = load("terminal.commands.kiosk").main(["--config", str(configuration)])
    return code


def _reporting(ordinary: Any, told: int) -> Any:
    class Reporting(ordinary):  # type: ignore[misc]
        """The kiosk that says when its first frame has been swapped."""

        def _flip(self, window: object) -> bool:
            done: bool = super()._flip(window)
            if self.frames == 1:
                os.write(told, b"1")
            return done

    return Reporting


if __name__ == "__main__":
    sys.exit({"empty": empty, "kiosk": kiosk}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3])))
