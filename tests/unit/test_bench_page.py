"""The page is complete in itself, and everything on it can be named and pressed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from simulator.bench.server import PAGE, TOKEN_MARK
from simulator.billing_host.demo_accounts import demo_accounts
from terminal.devices.ccnet.wire import Reject
from terminal.payments.codec import BY_KIND

VOID = {"meta", "link", "input", "img"}


@dataclass
class Controls(HTMLParser):
    """Every button, list and slider with the order that it gives."""

    found: list[dict[str, str]] = field(default_factory=list)
    _open: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        around = {key: value for outer in self._open for key, value in outer.items()
                  if key in ("data-target", "data-verb")}
        if tag in ("button", "select", "input"):
            self.found.append({"tag": tag, **around, **given})
        if tag not in VOID:
            self._open.append(given)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()


def controls() -> list[dict[str, str]]:
    parser = Controls()
    parser.feed((PAGE / "index.html").read_text(encoding="utf-8"))
    return parser.found


def test_every_control_has_a_name_and_an_order() -> None:
    found = controls()
    assert len(found) > 40
    for control in found:
        assert control.get("aria-label"), control
        assert control["data-target"], control
        assert control["data-verb"], control
        assert all(isinstance(word, str) for word in json.loads(control.get("data-arguments", "[]")))


def test_names_of_controls_are_unique() -> None:
    names = [control["aria-label"] for control in controls()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", sorted(PAGE.iterdir()), ids=lambda path: path.name)
def test_nothing_comes_from_outside(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"(?:https?:)?//[a-z0-9]+[.:]", text, re.IGNORECASE)
    assert "@import" not in text
    assert not re.search(r"\son\w+=|style=", text) or path.suffix == ".js"
    assert "innerHTML" not in text


def test_the_token_stands_in_the_page_once() -> None:
    assert (PAGE / "index.html").read_bytes().count(TOKEN_MARK) == 1


def test_the_accounts_offered_are_demo_accounts() -> None:
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    known = {account.number for account in demo_accounts(date(2026, 3, 2))}
    offered = re.findall(r'<option value="([0-9]+)"', page)
    assert len(offered) == len(set(offered)) > 5
    assert known >= set(offered)


def test_the_reasons_to_reject_are_known_to_the_acceptor() -> None:
    script = (PAGE / "bench.js").read_text(encoding="utf-8")
    listed = re.search(r"const REJECTIONS = (\[.*\]);", script)
    assert listed is not None
    assert {each.name.lower() for each in Reject} >= set(json.loads(listed[1]))


def test_every_kind_of_record_is_explained() -> None:
    script = (PAGE / "cards.js").read_text(encoding="utf-8")
    explained = dict(re.findall(r'\b([A-Z]\d\d): "([^"]+)"', script))
    assert explained.keys() == BY_KIND.keys()
