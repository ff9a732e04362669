"""Kivy reads its environment once, so the kiosk's lock-down runs before any test module imports it."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from terminal.screens import environment
from terminal.screens.settings import KioskSettings

if TYPE_CHECKING:
    from tests.screens.driver import Driver

_SOCKET = os.path.join(tempfile.gettempdir(), "kiosk-tests", "service.sock")
environment.prepare(KioskSettings(_SOCKET, "portrait", 1280, 1920, 102, "default", False, True, None))
# as large as both panels together: a window that is drawn into memory can be made smaller later, never larger

MakeDriver = Callable[..., "Driver"]


@pytest.fixture
def make_driver(tmp_path: Path) -> Iterator[MakeDriver]:
    """Builds drivers of one panel and closes them."""
    module = importlib.import_module("tests.screens.driver")
    opened: list[Driver] = []

    def make(panel: str, theme: str = "default", *, mirror: bool = False) -> Driver:
        while opened:
            opened.pop().close()
        settings = module.settings_for(panel, tmp_path, theme=theme, mirror=mirror)
        opened.append(module.Driver(replace(settings)))
        return opened[-1]

    yield make
    while opened:
        opened.pop().close()
