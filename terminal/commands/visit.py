"""`python -m terminal visit --config FILE SCRIPT`: play a visit against the running service, without a window.

A script is lines of `expect PAGE`, `touch ELEMENT`, `type TEXT`, `insert RUBLES`, `wait SECONDS`, `show`; empty lines
and lines that begin with `#` do nothing. `expect` waits until that kind of page is there; `insert` puts a note into
the emulated acceptor, or asks the person at a real one to do it. Exit 1 with what was on the page instead.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from contracts.envelope import Refused
from contracts.pages import KEY_COMMA, Page, accepts
from terminal.commands.page_text import page_text
from terminal.commands.service_socket import ServiceSocket, ServiceUnreachable
from terminal.config import ConfigError, TerminalConfig, describe_errors, load

Condition = Callable[[Page], bool]
EXPECT_S = 40.0
"""How long `expect` waits for a page, and a touch for its element."""
INSERT_S = 30.0
TOUCHES = 5
PUSH_AGAIN_S = 0.2
REFUSAL_S = 0.05
"""A refusal comes within this time of the page that made the touch late."""
EXIT_FAILED = 1
EXIT_CONFIG = 2


class VisitFailed(Exception):
    """A line of the script did not come true; the text says what was there instead."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m terminal visit")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--acceptor", type=Path, help="control socket of the emulated bill acceptor")
    parser.add_argument("--patience", type=float, default=EXPECT_S, help="seconds to wait for a page or an element")
    parser.add_argument("script", help="file with the script, or - for standard input")
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
    except ConfigError as error:
        sys.stderr.write(describe_errors(error) + "\n")
        return EXIT_CONFIG
    text = sys.stdin.read() if options.script == "-" else Path(options.script).read_text(encoding="utf-8")
    try:
        with ServiceSocket(config.service_socket, "visit") as service:
            Player(service, options.acceptor or acceptor_control(config), options.patience).play(text)
    except (VisitFailed, ServiceUnreachable) as error:
        sys.stdout.write(f"{error}\n")
        return EXIT_FAILED
    return 0


def acceptor_control(config: TerminalConfig) -> Path | None:
    """Where the control socket of an emulated acceptor lies by custom: beside its line."""
    scheme, _, rest = config.bill_acceptor.address.partition("://")
    if scheme != "pty":
        return None
    link = Path(rest.partition("?")[0])
    candidates = (
        link.with_suffix(".sock"), link.with_suffix(".control"), link.parent.parent / "sockets" / f"{link.name}.sock"
    )
    return next((path for path in candidates if path.exists()), None)


class Player:
    """Plays the lines of a script one after the other."""

    def __init__(self, service: ServiceSocket, acceptor: Path | None, patience_s: float) -> None:
        self._service = service
        self._patience_s = patience_s
        self._acceptor = acceptor

    def play(self, script: str) -> None:
        """Raises `VisitFailed` at the first line that does not come true."""
        for number, line in enumerate(script.splitlines(), 1):
            words = line.split(maxsplit=1)
            if not words or words[0].startswith("#"):
                continue
            try:
                self._line(words[0], words[1].strip() if len(words) > 1 else "")
            except VisitFailed as error:
                raise VisitFailed(f"строка {number}: {line.strip()}\n{error}") from error

    def _line(self, verb: str, argument: str) -> None:
        match verb:
            case "expect":
                self._until(lambda page: page.kind.value == argument)
            case "touch":
                self._touch(argument)
            case "type":
                for character in argument:
                    self._touch(KEY_COMMA if character in ",." else f"key-{character}")
            case "insert":
                self._insert(argument)
            case "wait":
                self._pass(float(argument))
            case "show":
                page = self._until(lambda _page: True)
                sys.stdout.write(page_text(page) + "\n")
            case _:
                raise VisitFailed("такой команды нет: expect, touch, type, insert, wait, show")

    def _touch(self, element: str) -> None:
        """Touch, and wait for the page that follows; again when the page was just being replaced."""
        for _ in range(TOUCHES):
            before = self._until(lambda page: accepts(page, element))
            self._service.touch(element)
            self._until(partial(_is_another, before))
            if not self._refused():
                return
        raise VisitFailed(f"{element} не принимается")

    def _refused(self) -> bool:
        """Whether the service says that the touch came too late."""
        while (message := self._service.receive(REFUSAL_S)) is not None:
            if isinstance(message, Refused):
                return True
        return False

    def _insert(self, rubles: str) -> None:
        """Like a person: when the slot does not take the note yet, try again."""
        before = _inserted(self._until(lambda _page: True))
        if self._acceptor is None:
            sys.stdout.write(f"Вставьте купюру {rubles} ₽\n")
        else:
            self._push(self._acceptor, rubles)
        self._until(lambda page: _inserted(page) != before)

    def _push(self, acceptor: Path, rubles: str) -> None:
        deadline = time.monotonic() + self._patience_s
        while refusal := insert_note(acceptor, rubles):
            if time.monotonic() > deadline:
                raise VisitFailed(f"купюроприёмник: {refusal}")
            self._service.receive(PUSH_AGAIN_S)

    def _pass(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._service.receive(left)

    def _until(self, holds: Condition) -> Page:
        deadline = time.monotonic() + self._patience_s
        while True:
            page = self._service.page
            if page is not None and holds(page):
                return page
            left = deadline - time.monotonic()
            if left <= 0:
                there = page_text(page) if page else "страницы нет"
                raise VisitFailed(f"вместо этого на экране:\n{there}")
            self._service.receive(min(left, 1.0))


def _is_another(before: Page, page: Page) -> bool:
    return page.number != before.number


def _inserted(page: Page) -> str:
    return next((figure.value for figure in page.figures if figure.name == "inserted"), "")


def insert_note(control: Path, rubles: str) -> str:
    """Put a note into the emulated acceptor; why it does not take it, or nothing. Raises `VisitFailed` when nobody
    answers."""
    request = json.dumps({"verb": "insert-note", "arguments": [rubles]}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(INSERT_S)
            connection.connect(str(control))
            connection.sendall(request)
            with connection.makefile("rb") as replies:
                reply = json.loads(replies.readline() or b'{"ok": false, "reason": "no answer"}')
    except (OSError, ValueError) as error:
        raise VisitFailed(f"купюроприёмник не отвечает на {control}: {error}") from error
    return "" if reply.get("ok") else str(reply.get("reason"))
