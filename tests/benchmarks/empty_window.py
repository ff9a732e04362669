"""A Kivy program with one window and nothing in it: the least that a kiosk could take to start.

`python -m tests.benchmarks.empty_window WIDTH HEIGHT FOLDER FD`: the same environment as the kiosk's; writes a byte to
the file descriptor when its first frame is finished, and waits to be ended.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

from terminal.screens import environment
from terminal.screens.settings import KioskSettings, PanelShape

DOTS_PER_INCH = 102


def main(width: int, height: int, folder: Path, told: int) -> None:
    """Never returns by itself."""
    panel: PanelShape = "portrait" if height > width else "landscape"
    environment.prepare(
        KioskSettings(str(folder / "none.sock"), panel, width, height, DOTS_PER_INCH, "default", False, True, None))
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


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
