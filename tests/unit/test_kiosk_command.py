"""The kiosk's own quick reading of its keys says what the configuration says."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.commands.kiosk import EXIT_CONFIG, main, read_settings
from terminal.config import load

EXAMPLE = Path("terminal.example.toml")


def without(text: str, table: str) -> str:
    """The file without one of its tables."""
    before, _, rest = text.partition(f"\n[{table}]")
    _, _, after = rest.partition("\n[")
    return before + "\n[" + after


@pytest.mark.parametrize("left_out", ["", "kiosk", "service"])
def test_quick_reading_agrees_with_the_configuration(tmp_path: Path, left_out: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    file = tmp_path / "terminal.toml"
    file.write_text(without(text, left_out) if left_out else text, encoding="utf-8")
    config = load(file)
    settings, zone = read_settings(file)
    kiosk = config.kiosk
    assert settings.socket_path == str(config.service_socket)
    assert (settings.panel, settings.width_px, settings.height_px) == (
        kiosk.panel.value, kiosk.width_px, kiosk.height_px)
    assert (settings.dpi, settings.theme_name) == (kiosk.dpi, kiosk.theme)
    assert (settings.fullscreen, settings.offscreen) == (kiosk.fullscreen, kiosk.offscreen)
    assert settings.mirror_socket == (str(kiosk.mirror_socket) if kiosk.mirror_socket else None)
    assert zone == config.terminal.time_zone.key


@pytest.mark.parametrize("broken", ["[kiosk]\nwidth_px = \"wide\"", "[", "", "[terminal]\nstate_directory = 3"])
def test_a_broken_file_is_explained_by_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    file = tmp_path / "terminal.toml"
    file.write_text(broken, encoding="utf-8")
    assert main(["--config", str(file)]) == EXIT_CONFIG
    assert "terminal.toml" in capsys.readouterr().out
