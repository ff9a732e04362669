"""A remote look at the panel: pictures out, touches in, over a Unix socket of JSON lines.

Requests, one a line:

- `{"look": {"quality": 70, "scale": 0.5, "since": 0}}`: answered with `{"bytes": n, "width": w, "height": h,
  "frame": f}` and then `n` bytes of JPEG. `frame` counts distinct pictures; when it is still `since`, `n` is 0.
- `{"touch": {"x": 540, "y": 1800, "action": "tap"}}`: panel pixels from the top left; `down`, `up` or `tap`.
- `{"layout": {}}`: `{"elements": [{"name", "enabled", "x", "y", "width", "height"}, ...]}`.

What cannot be understood is answered with `{"error": "..."}`. Sockets and pictures are the work of threads of their
own; the drawing loop only copies pixels when somebody looks.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

from terminal.screens.mirror_pictures import Pictures, Pixels
from terminal.screens.mirror_touches import MirrorTouches
from terminal.screens.shell import Shell

log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 4096
MAX_CLIENTS = 4
ANSWER_WAIT_S = 5.0
"""How long a client waits for the drawing loop before it is told that there is no picture."""
IDLE_CLIENT_S = 600.0
"""A client that has said nothing for so long is let go."""


@dataclass(slots=True)
class _Wish:
    """Something that only the drawing loop can give."""

    what: str
    answer: queue.Queue[Any] = field(default_factory=lambda: queue.Queue(maxsize=1))


class Mirror:
    """Serves looks at one shell. `serve` and `frame_drawn` belong to the drawing loop and never wait."""

    def __init__(self, path: str, shell: Shell) -> None:
        self._path = path
        self._shell = shell
        self._wishes: queue.Queue[_Wish] = queue.Queue(maxsize=MAX_CLIENTS)
        self._lookers: list[_Wish] = []
        self._touches = MirrorTouches()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._places = threading.BoundedSemaphore(MAX_CLIENTS)
        self._pictures = Pictures()

    def start(self) -> None:
        """Listen. Raises `OSError` when the socket cannot be made."""
        if os.path.exists(self._path):
            os.unlink(self._path)
        self._listener.bind(self._path)
        os.chmod(self._path, 0o600)
        self._listener.listen(MAX_CLIENTS)
        EventLoop.add_input_provider(self._touches)
        threading.Thread(target=self._accept, name="mirror", daemon=True).start()

    def close(self) -> None:
        """Stop listening; clients that are still there find their socket closed with the process."""
        EventLoop.remove_input_provider(self._touches)
        self._listener.close()
        if os.path.exists(self._path):
            os.unlink(self._path)

    def serve(self) -> None:
        """Grant what can be granted now; a look waits for the next frame, which is asked for."""
        while True:
            try:
                wish = self._wishes.get_nowait()
            except queue.Empty:
                return
            if wish.what == "layout":
                wish.answer.put_nowait(layout(self._shell))
            else:
                self._lookers.append(wish)
                Window.canvas.ask_update()

    def frame_drawn(self) -> None:
        """Copy the frame that is about to be swapped, if anybody wants it."""
        if not self._lookers:
            return
        width, height = Window.system_size
        pixels = Pixels(width, height, glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE))
        for wish in self._lookers:
            wish.answer.put_nowait(pixels)
        self._lookers.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self._places.acquire(blocking=False):
                client.close()
                continue
            threading.Thread(target=self._converse, args=(client,), name="mirror-client", daemon=True).start()

    def _converse(self, client: socket.socket) -> None:
        try:
            client.settimeout(IDLE_CLIENT_S)
            with client, client.makefile("rb") as lines:
                while line := lines.readline(MAX_REQUEST_BYTES):
                    client.sendall(self._answer(line))
        except OSError as error:
            log.info("mirror_client_left", extra={"reason": str(error)})
        finally:
            self._places.release()

    def _answer(self, line: bytes) -> bytes:
        handlers: dict[str, Callable[[dict[str, Any]], bytes]] = {
            "look": self._look, "touch": self._touch, "layout": self._layout,
        }
        try:
            (name, arguments), = json.loads(line).items()
            return handlers[name](arguments)
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, queue.Empty,
                queue.Full) as error:
            return _line({"error": repr(error)})

    def _look(self, arguments: dict[str, Any]) -> bytes:
        quality = min(95, max(10, int(arguments.get("quality", 70))))
        scale = min(1.0, max(0.1, float(arguments.get("scale", 0.5))))
        pixels: Pixels = self._wish("look")
        picture = self._pictures.take(pixels, quality, scale, int(arguments.get("since", 0)))
        header = {"bytes": len(picture.jpeg), "width": picture.width, "height": picture.height,
                  "frame": picture.frame}
        return _line(header) + picture.jpeg

    def _touch(self, arguments: dict[str, Any]) -> bytes:
        width, height = self._shell.size
        x, y = float(arguments["x"]) / width, 1 - float(arguments["y"]) / height
        self._touches.add(str(arguments["action"]), x, y)
        return _line({"done": True})

    def _layout(self, _: dict[str, Any]) -> bytes:
        return _line({"elements": self._wish("layout")})

    def _wish(self, what: str) -> Any:
        wish = _Wish(what)
        self._wishes.put(wish, timeout=ANSWER_WAIT_S)
        return wish.answer.get(timeout=ANSWER_WAIT_S)


def layout(shell: Shell) -> list[dict[str, Any]]:
    """Names and rectangles, in pixels from the top left, of everything that can be touched now."""
    return [
        {
            "name": each.element, "enabled": bool(each.enabled), "x": round(each.x),
            "y": round(shell.height - each.top), "width": round(each.width), "height": round(each.height),
        }
        for each in shell.touchables()
    ]


def _line(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode() + b"\n"
