"""The remote look: pictures, touches and layout over its socket."""

from __future__ import annotations

import io
import json
import socket
import threading
from typing import Any

import pytest
from PIL import Image

from terminal.screens.mirror import MAX_REQUEST_BYTES
from tests.screens.conftest import MakeDriver
from tests.screens.driver import Driver
from tests.support.page_samples import samples

pytestmark = pytest.mark.screen

ENTRY = samples("en")["account-entry-typed"]
ANSWER_S = 10.0


class Onlooker:
    """A client of the mirror that asks from a thread, while the test turns the loop."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWER_S)
        assert driver.settings.mirror_socket is not None
        self._socket.connect(driver.settings.mirror_socket)
        self._file = self._socket.makefile("rb")

    def ask(self, request: bytes) -> tuple[dict[str, Any], bytes]:
        answers: list[tuple[dict[str, Any], bytes]] = []
        thread = threading.Thread(target=lambda: answers.append(self._exchange(request)))
        thread.start()
        self._driver.wait(lambda: not thread.is_alive(), ANSWER_S)
        thread.join()
        return answers[0]

    def _exchange(self, request: bytes) -> tuple[dict[str, Any], bytes]:
        self._socket.sendall(request + b"\n")
        header = json.loads(self._file.readline())
        return header, self._file.read(header.get("bytes", 0))

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def test_look_touch_and_layout(make_driver: MakeDriver) -> None:
    driver = make_driver("portrait", mirror=True)
    driver.show(ENTRY)
    onlooker = Onlooker(driver)
    _looks(onlooker)
    layout, _ = onlooker.ask(b'{"layout": {}}')
    places = {each["name"]: each for each in layout["elements"]}
    assert places["key-5"]["enabled"]
    assert places["key-1"]["y"] < places["key-4"]["y"] < places["next"]["y"] < places["back"]["y"] < 1920
    _taps(driver, onlooker, places["next"])
    onlooker.close()


def _looks(onlooker: Onlooker) -> None:
    header, data = onlooker.ask(b'{"look": {"quality": 60, "scale": 0.25}}')
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (header["width"], header["height"]) == (270, 480)
        assert picture.getpixel((135, 10))[2] > 60, "the company's bar stands at the top"
    again = {"look": {"scale": 0.25, "since": header["frame"]}}
    unchanged, nothing = onlooker.ask(json.dumps(again).encode())
    assert (unchanged["bytes"], nothing, unchanged["frame"]) == (0, b"", header["frame"])


def _taps(driver: Driver, onlooker: Onlooker, place: dict[str, int]) -> None:
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    onlooker.ask(json.dumps({"touch": {"x": x, "y": y, "action": "tap"}}).encode())
    driver.wait(lambda: bool(driver.touches()))
    assert [each.element for each in driver.touches()] == ["next"]


@pytest.mark.parametrize("request_line", [
    b"nonsense", b"[]", b"{}", b'{"unknown": {}}', b'{"touch": {"x": 1}}', b'{"look": {"scale": "much"}}',
    b'{"touch": {"x": 1, "y": 1, "action": "drag"}}', b'{"look": {}, "layout": {}}',
])
def test_what_is_not_understood_is_answered_with_an_error(make_driver: MakeDriver, request_line: bytes) -> None:
    driver = make_driver("portrait", mirror=True)
    onlooker = Onlooker(driver)
    header, _ = onlooker.ask(request_line)
    assert header["error"]
    assert len(request_line) < MAX_REQUEST_BYTES
    onlooker.close()
