"""What a kiosk must be told before it opens its window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PanelShape = Literal["portrait", "landscape"]


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """One panel and the service behind it.

    Raises `ValueError` for a panel that is not there: sizes and density must be positive, and the shape must agree
    with the sizes, because every millimetre on the glass is computed from them.
    """

    socket_path: str
    """Unix socket of the service."""
    panel: PanelShape
    """`portrait`: content above, controls in the lower half; `landscape`: content left, controls right."""
    width_px: int
    height_px: int
    dpi: float
    """Real pixels per inch of the glass: 102 for 21.5 inches at 1080x1920, 86 for 19 inches at 1280x1024."""
    theme_name: str
    """A folder of `terminal/content/themes`."""
    fullscreen: bool
    offscreen: bool
    """Draw into memory without a display: for tests and for the bench."""
    mirror_socket: str | None
    """Unix socket for a remote look at the panel, or none."""

    def __post_init__(self) -> None:
        if self.width_px <= 0 or self.height_px <= 0 or self.dpi <= 0:
            raise ValueError(f"no such panel: {self.width_px}x{self.height_px} at {self.dpi} dpi")
        if (self.panel == "portrait") != (self.height_px > self.width_px):
            raise ValueError(f"a panel of {self.width_px}x{self.height_px} is not {self.panel}")
