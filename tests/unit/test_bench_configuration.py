"""Setting keys in the commented configuration, and making a directory ready."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from simulator.bench.configuration import EXAMPLE, PANELS, comment_out, set_keys
from simulator.bench.layout import MAX_SOCKET_PATH_BYTES, layout_of
from simulator.bench.preparation import AlreadyRunning, Wishes, lock, prepare
from terminal.config import load

TEXT = """# Why
[a]
# A sum.
key = 1
# other = "x"
[b.c]
key = 2
"""


def test_sets_only_the_named_key_and_keeps_comments() -> None:
    assert set_keys(TEXT, {"b.c.key": "ру\"с"}) == TEXT.replace("key = 2", 'key = "ру\\"с"')


def test_a_commented_key_becomes_a_real_one_and_back() -> None:
    text = set_keys(TEXT, {"a.other": True})
    assert tomllib.loads(text)["a"] == {"key": 1, "other": True}
    assert tomllib.loads(comment_out(text, "a.other"))["a"] == {"key": 1}


def test_every_key_without_a_place_is_named() -> None:
    with pytest.raises(ValueError, match=r"a\.nothing, z\.key"):
        set_keys(TEXT, {"a.nothing": 1, "z.key": 2, "a.key": 3})


@pytest.mark.parametrize("panel", sorted(PANELS))
def test_the_configuration_is_a_valid_one(tmp_path: Path, panel: str) -> None:
    layout = layout_of(tmp_path)
    prepared = prepare(layout, Wishes(panel))
    config = load(layout.configuration)
    assert (config.kiosk.width_px, config.kiosk.height_px) == (PANELS[panel].width, PANELS[panel].height)
    assert config.service.socket == layout.service_socket
    assert f":{prepared.host_port}/" in config.processing.url


def test_doing_it_again_changes_nothing(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)
    first = prepare(layout, Wishes())
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert prepare(layout, Wishes()) == first
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files


def test_changes_by_hand_stay(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)
    prepare(layout, Wishes())
    by_hand = set_keys(layout.configuration.read_text(), {"payments.max_notes": 7})
    layout.configuration.write_text(by_hand)
    prepare(layout, Wishes("landscape"))
    settings = tomllib.loads(layout.configuration.read_text())
    assert (settings["payments"]["max_notes"], settings["kiosk"]["panel"]) == (7, "landscape")


def test_secrets_are_random_and_private(tmp_path: Path) -> None:
    layouts = [layout_of(tmp_path / name) for name in ("one", "other")]
    for layout in layouts:
        prepare(layout, Wishes())
    for secret in ("register_password", "host_credentials"):
        one, other = (getattr(layout, secret) for layout in layouts)
        assert one.read_text() != other.read_text()
        assert one.read_text().strip() not in EXAMPLE.read_text()
        assert stat.S_IMODE(one.stat().st_mode) == 0o600


def test_a_second_bench_in_the_directory_is_refused(tmp_path: Path) -> None:
    layout = layout_of(tmp_path)
    with lock(layout), pytest.raises(AlreadyRunning, match="already works"):
        lock(layout)
    lock(layout).close()


def test_a_directory_too_deep_for_sockets_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        layout_of(Path("/") / ("x" * MAX_SOCKET_PATH_BYTES))
