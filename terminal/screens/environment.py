"""Locks Kivy down. Must run before anything imports Kivy: it reads its environment once, on import.

Each entry closes a way by which a client, a stray keyboard or a file in a home directory could change what the
kiosk does: configuration files, command-line options, modules such as the inspector, the settings panel, the exit
key, the mouse's multitouch emulation, screen savers and second copies of each touch.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from terminal.screens.settings import KioskSettings

FRAMES_PER_SECOND = 60
"""The upper bound of frames; a page that does not change is not drawn again."""


def prepare(settings: KioskSettings) -> None:
    """Set the process environment and Kivy's configuration for one panel."""
    os.environ.update(process_environment(settings))
    if settings.offscreen:
        os.environ.pop("DISPLAY", None)
    _configure(settings)


def process_environment(settings: KioskSettings) -> dict[str, str]:
    """Variables that Kivy and SDL read when they are loaded.

    The video driver is named outright: without a display SDL would otherwise choose `offscreen` by itself and the
    kiosk would run behind a black panel. SDL must not catch SIGTERM: it turns the signal into a close request,
    which a kiosk refuses.
    """
    return {
        "SDL_VIDEODRIVER": "offscreen" if settings.offscreen else "x11",
        "SDL_AUDIODRIVER": "dummy",
        "SDL_NO_SIGNAL_HANDLERS": "1",
        "KIVY_NO_CONFIG": "1",
        "KIVY_NO_ENV_CONFIG": "1",
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_FILELOG": "1",
        "KIVY_NO_CONSOLELOG": "1",
        "KIVY_LOG_MODE": "PYTHON",
        "KIVY_HOME": os.path.join(os.path.dirname(os.path.abspath(settings.socket_path)), "kivy"),
        "KIVY_DPI": str(settings.dpi),
        "KIVY_METRICS_DENSITY": "1",
        "KIVY_METRICS_FONTSCALE": "1",
        "KIVY_CLIPBOARD": "dummy",
        "KIVY_WINDOW": "sdl2",
        "KIVY_TEXT": "sdl2",
        "KIVY_IMAGE": "sdl2",
    }


def leave_out_kivys_rules() -> None:
    """Let Kivy load the empty `style.kv` beside this module and not its own rules for widgets.

    Kivy reads them on import, which is a quarter of an empty program's start, and the kiosk has rules for all that it
    draws.
    """
    kivy: Any = importlib.import_module("kivy")
    importlib.import_module("kivy.resources")  # remembers where Kivy's data really are
    data = kivy.kivy_data_dir
    kivy.kivy_data_dir = os.path.dirname(os.path.abspath(__file__))
    importlib.import_module("kivy.lang.builder")
    kivy.kivy_data_dir = data


def _configure(settings: KioskSettings) -> None:
    config = importlib.import_module("kivy.config").Config
    graphics = {
        "width": settings.width_px,
        "height": settings.height_px,
        "position": "custom",
        "left": 0,
        "top": 0,
        "borderless": 1,
        "resizable": 0,
        "fullscreen": "auto" if settings.fullscreen else 0,
        "show_cursor": 0,
        "allow_screensaver": 0,
        "multisamples": 0,
        "maxfps": FRAMES_PER_SECOND,
    }
    for name, value in graphics.items():
        config.set("graphics", name, value)
    for name in ("exit_on_escape", "desktop", "log_enable"):
        config.set("kivy", name, 0)
    config.set("kivy", "keyboard_mode", "system")
    for name, _ in config.items("modules"):
        config.remove_option("modules", name)
    for name, _ in config.items("input", raw=True):
        config.remove_option("input", name)
    config.set("input", "mouse", "mouse,disable_multitouch,disable_hover")
