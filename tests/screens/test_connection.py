"""The kiosk's end of the socket, without a window."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.envelope import MAX_LINE_BYTES, Hello, Refused, Shown, encode
from contracts.life_signs import MAX_BYTES, decode
from terminal.screens import fallback
from terminal.screens.connection import MAX_UNSENT_BYTES, RECONNECT_S, ServiceConnection
from terminal.screens.environment import process_environment
from terminal.screens.life_sign_sender import LifeSignSender
from terminal.screens.session import KioskSession
from terminal.screens.settings import KioskSettings
from tests.screens.scripted_service import ScriptedService
from tests.support.page_samples import samples

PAGE = samples("ru")["start"]


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "service.sock")


@pytest.fixture
def service(path: str) -> Iterator[ScriptedService]:
    scripted = ScriptedService(path)
    yield scripted
    scripted.close()


def test_nobody_there_is_tried_again_after_a_while(path: str) -> None:
    connection = ServiceConnection(path)
    assert connection.poll(0.0) == []
    service = ScriptedService(path)
    assert connection.poll(RECONNECT_S - 0.01) == []
    assert not connection.connected
    connection.poll(RECONNECT_S)
    service.poll()
    assert service.received == [Hello("kiosk")]
    connection.close()
    service.close()


def test_a_page_in_two_halves_is_one_page(path: str, service: ScriptedService) -> None:
    connection = ServiceConnection(path)
    connection.poll(0.0)
    service.poll()
    line = encode(PAGE)
    service.send_raw(line[:100])
    assert connection.poll(0.0) == []
    service.send_raw(line[100:] + encode(Refused("later")))
    assert connection.poll(0.0) == [PAGE, Refused("later")]
    connection.close()


@pytest.mark.parametrize("line", [b"nonsense\n", b'{"kind":"page"}\n', b"x" * (MAX_LINE_BYTES + 2)])
def test_a_peer_that_talks_nonsense_is_dropped_and_called_again(
    path: str, service: ScriptedService, line: bytes
) -> None:
    connection = ServiceConnection(path)
    connection.poll(0.0)
    service.poll()
    service.send_raw(line)
    assert connection.poll(0.0) == []
    assert not connection.connected
    connection.poll(RECONNECT_S)
    assert connection.opened == 2
    connection.close()


def test_a_peer_that_does_not_read_is_dropped(path: str, service: ScriptedService) -> None:
    connection = ServiceConnection(path)
    connection.poll(0.0)
    sent = 0
    while connection.send(Shown(10**9), 0.0):
        sent += 1
        assert sent < 100 * MAX_UNSENT_BYTES, "unsent bytes must be bounded"
    assert not connection.connected
    connection.close()


def test_own_page_at_first_then_out_of_service_then_the_service(path: str) -> None:
    session = KioskSession(ServiceConnection(path), 0.0)
    assert session.page is fallback.ONE_MOMENT
    assert not session.tick(fallback.OUT_OF_SERVICE_AFTER_S - 0.1)
    assert session.tick(fallback.OUT_OF_SERVICE_AFTER_S)
    assert session.page is fallback.OUT_OF_SERVICE
    service = ScriptedService(path)
    session.tick(60.0)
    service.poll()
    service.publish(PAGE)
    assert session.tick(60.1)
    assert session.page == PAGE
    service.close()
    assert session.tick(90.0)
    assert session.page is fallback.ONE_MOMENT, "the time without the service counts from its loss"
    session.close()


def test_own_pages_send_nothing(path: str, service: ScriptedService) -> None:
    session = KioskSession(ServiceConnection(path), 0.0)
    session.tick(0.0)
    session.drawn(session.page.number, 0.0)
    assert not session.touched("exit", 1.0)
    service.poll()
    assert service.received == [Hello("kiosk")]
    session.close()


def test_life_sign_is_what_the_watchdog_reads(tmp_path: Path) -> None:
    watchdog = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    watchdog.bind(str(tmp_path / "signs"))
    sender = LifeSignSender(str(tmp_path / "signs"))
    assert sender.send(frames=0, loop_ticks=5)
    assert sender.send(frames=7, loop_ticks=9)
    first, second = decode(watchdog.recv(MAX_BYTES)), decode(watchdog.recv(MAX_BYTES))
    assert (first.process, first.ready, first.safe_to_stop) == ("kiosk", False, True)
    assert second.ready
    assert second.counters == {"frames": 7, "loop_ticks": 9}
    watchdog.close()
    assert not sender.send(frames=8, loop_ticks=10), "a watchdog that is away is no fault"
    sender.close()


def test_no_video_driver_is_left_to_chance(path: str) -> None:
    settings = KioskSettings(path, "portrait", 1080, 1920, 102, "default", True, False, None)
    variables = process_environment(settings)
    assert variables["SDL_VIDEODRIVER"] == "x11"
    assert variables["KIVY_NO_CONFIG"] == variables["KIVY_NO_ENV_CONFIG"] == variables["KIVY_NO_ARGS"] == "1"


@pytest.mark.parametrize("wrong", [(0, 1920, 102.0), (1080, 1920, 0.0), (1920, 1080, 102.0)])
def test_a_panel_that_cannot_be_is_refused(path: str, wrong: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="panel"):
        KioskSettings(path, "portrait", *wrong, "default", True, False, None)
