"""The sockets inside the terminal: pages, touches and questions between service and kiosk, signs of life to the
watchdog."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from contracts import envelope, life_signs
from contracts.envelope import MAX_LINE_BYTES, Answer, Ask, Hello, Message, Refused, Shown
from contracts.life_signs import LifeSign
from contracts.pages import (
    Button,
    ButtonRole,
    EntryField,
    Figure,
    Notice,
    Page,
    PageKind,
    Row,
    TimeoutWarning,
    Tone,
    Touch,
)
from terminal.screens.connection import ServiceConnection
from terminal.service.socket_api import SocketApi
from tests.fuzz.json_edits import EDITS, document
from tests.fuzz.splits import splits
from tests.fuzz.target import Target
from tests.support.virtual_loop import run_virtually
from watchdog.progress import begin, observe

PAGE = Page(
    3, PageKind.AMOUNT, "ru", "Сумма", step=(2, 4), notices=(Notice(Tone.INFO, "i"),), rows=(Row("Долг", "5 ₽", True),),
    figures=(Figure("due", "Долг", "5 ₽"),), field=EntryField("sum", "Сумма", "5", 6, decimal=True),
    buttons=(Button("pay", "Оплатить", ButtonRole.PRIMARY, detail="d"),), warning=TimeoutWarning("ждём", 10), qr="x")
_MESSAGES: tuple[Message, ...] = (
    PAGE, Hello("kiosk"), Shown(3), Touch(3, "pay"), Ask("journal", {"after": "5", "limit": "7"}),
    Answer("status", {"at": "x"}), Refused("no"))
_GOOD = tuple(json.loads(envelope.encode(each)) for each in _MESSAGES)
_SIGN = LifeSign("service", 7, {"loop_ticks": 5, "acceptor_polls": 4}, False, True, ("CA01",), True)
MAX_REPLIED = 4
"""A line is answered with one line; a greeting with the page too."""


def check_line(data: bytes) -> None:
    """One line of the service's socket."""
    line = document(data, _GOOD)
    try:
        message = envelope.decode(line)
    except ValueError:
        return
    if isinstance(message, Page):
        _check_page(message)
    try:
        written = envelope.encode(message)
    except ValueError:
        return  # longer than a line, or a text that no encoding has
    assert written.endswith(b"\n"), "a line without its end"
    assert written.count(b"\n") == 1, "one message, two lines"
    assert envelope.decode(written) == message, "a message changes on its way through bytes"


def _check_page(page: Page) -> None:
    """Whoever draws it relies on the declared types."""
    for value in (page.language, page.heading, page.lead, page.step_text, page.qr, page.footer):
        assert type(value) is str
    for part in (*page.notices, *page.rows, *page.figures, *page.buttons, page.field, page.warning):
        for name, value in asdict(part).items() if part else ():
            expected: Any = {"strong": bool, "enabled": bool, "decimal": bool, "max_length": int, "seconds_left": int}
            assert _plain(value) is expected.get(name, str), f"{type(part).__name__}.{name} is {value!r}"
    assert page.step is None or all(type(each) is int for each in page.step)


def check_life_sign(data: bytes) -> None:
    """One datagram to the watchdog."""
    try:
        sign = life_signs.decode(document(data, (json.loads(_SIGN.encode()),)))
    except ValueError:
        return
    observe(observe(begin(0.0), sign, 1.0), sign, 2.0).stalled_since()
    try:
        written = sign.encode()
    except ValueError:
        return  # a text that no encoding has
    assert len(written) > life_signs.MAX_BYTES or life_signs.decode(written) == sign


def _plain(value: object) -> type[object]:
    """The type of a value; a name out of a closed set counts as a text."""
    return str if isinstance(value, Tone | ButtonRole) else type(value)


class _Writer:
    """Keeps what the service writes to a client; stands in for `asyncio.StreamWriter`."""

    def __init__(self) -> None:
        self.lines = bytearray()
        self.closed = False
        self.transport = self

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.closed

    def write(self, data: bytes) -> None:
        self.lines += data

    def close(self) -> None:
        self.closed = True


def check_service_socket(data: bytes) -> None:
    """Everything that a client says from its first byte to its last."""
    run_virtually(_served(data))


async def _served(data: bytes) -> None:
    touches: list[Touch] = []

    def answer(what: str, arguments: Mapping[str, str]) -> dict[str, Any] | None:
        return {"arguments": dict(arguments)} if what == "status" else None

    def touched(touch: Touch) -> bool:
        touches.append(touch)
        return touch.page == PAGE.number

    api = SocketApi(Path("/nowhere"), touched, answer)
    api.publish(PAGE)
    reader, writer = asyncio.StreamReader(limit=MAX_LINE_BYTES), _Writer()
    reader.feed_data(data)
    reader.feed_eof()
    await api._serve(reader, cast(asyncio.StreamWriter, writer))
    assert writer.closed
    replies = writer.lines.splitlines()
    assert len(replies) <= 2 * (data.count(b"\n") + 1), "more answers than lines"
    for reply in replies:
        envelope.decode(bytes(reply))
    assert not touches or b"hello" in data, "a touch by somebody who has not said who it is"
    assert not api._clients, "a client that is gone is still remembered"


def check_kiosk_connection(data: bytes) -> None:
    """What a service says to the kiosk: the split of the stream changes nothing, and little is kept."""
    told = []
    for pieces in splits(data[1:], data[0] if data else 0):
        connection = ServiceConnection("/nowhere")
        messages: list[Message] = []
        for piece in pieces:
            if connection._next_attempt:
                break  # dropped: nothing more is read from that peer
            messages += connection._split(piece, 1.0)
            assert len(connection._unread) <= MAX_LINE_BYTES
        told.append((messages, connection._next_attempt))
    # A peer is dropped at its first bad line; what came before it in the same piece goes with it.
    assert all(dropped == told[0][1] for _, dropped in told), "the split decides whether the peer is dropped"
    if not told[0][1]:
        assert told.count(told[0]) == len(told), "the split changes what is read"


_LINES = tuple(envelope.encode(each) for each in _MESSAGES)
_NAMES = (
    "kind", "page", "hello", "shown", "touch", "ask", "answer", "refused", "role", "version", "element", "what",
    "arguments", "body", "reason", "kiosk", "visit", "status", "number")
_WORDS = (*(f'"{name}"'.encode() for name in _NAMES), b"1e999", b"NaN", b"\\ud800")
_TALK = b"".join(_LINES[1:5])
TARGETS = (
    Target("socket-line", check_line, max_bytes=1500, words=_WORDS,
           seeds=(*_LINES, *(bytes([EDITS, good]) for good in range(len(_GOOD))))),
    Target("socket-service", check_service_socket, max_bytes=1000, words=(*_WORDS, b"\n"),
           seeds=(_TALK, _LINES[1] + _LINES[3] + b"{}\n", _LINES[4], envelope.encode(Hello("status")) + _LINES[4])),
    Target("socket-kiosk", check_kiosk_connection, max_bytes=1000, words=(*_WORDS, b"\n"),
           seeds=(b"\x00" + b"".join(_LINES), b"\x01" + _LINES[5] + b"x\n" + _LINES[6])),
    Target("life-sign", check_life_sign, max_bytes=1100, words=_WORDS,
           seeds=(_SIGN.encode(), bytes([EDITS, 0]))),
)
