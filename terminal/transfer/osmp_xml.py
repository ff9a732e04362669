"""Answers of the OSMP provider protocol: XML read without trust. No I/O.

The reader knows elements, text and attributes and nothing else: a document type, an entity, a processing instruction,
depth or size beyond its bounds make an answer that is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from contracts.money import Money

MAX_ANSWER_BYTES = 65_536
MAX_DEPTH = 6
MAX_ELEMENTS = 200
MAX_TEXT = 1_000
"""Characters of text in one element."""


class WrongXml(ValueError):
    """Not an answer by the protocol. The text holds no values: safe to log."""


@dataclass(frozen=True, slots=True)
class OsmpAnswer:
    """An answer as it stands, all texts stripped."""

    values: Mapping[str, str]
    """Plain elements right below the root by name: `result`, `osmp_txn_id`, `prv_txn`, `sum`, `comment`, `balance` …"""
    fields: Mapping[str, str]
    """Elements with a `name` attribute, whatever they are called and stand in: payees misspell `fields`."""

    @property
    def result(self) -> int:
        """Raises `WrongXml` when it is missing or no number."""
        return int(self._matched("result", r"\d{1,5}"))

    @property
    def transaction(self) -> int:
        """`osmp_txn_id`, or `txn_id` of later dialects. Raises `WrongXml`."""
        name = "osmp_txn_id" if "osmp_txn_id" in self.values else "txn_id"
        return int(self._matched(name, r"\d{1,20}"))

    def text(self, name: str) -> str:
        """A value or a field by name; empty when there is none."""
        return self.values.get(name) or self.fields.get(name, "")

    def money(self, name: str) -> Money | None:
        """A sum in rubles, None when there is none. Raises `WrongXml` when it is no sum."""
        text = self.text(name)
        if not text:
            return None
        try:
            return Money.parse(text)
        except ValueError as error:
            raise WrongXml(f"{name}: not a sum") from error

    def _matched(self, name: str, form: str) -> str:
        text = self.values.get(name, "")
        if re.fullmatch(form, text, re.ASCII) is None:
            raise WrongXml(f"{name}: missing or not of its form")
        return text


def read_answer(body: bytes) -> OsmpAnswer:
    """Read the XML of an answer. Raises `WrongXml`."""
    if len(body) > MAX_ANSWER_BYTES:
        raise WrongXml(f"longer than {MAX_ANSWER_BYTES} bytes")
    tree = _Tree()
    try:
        tree.parser.Parse(body.lstrip(), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, WrongXml):
            raise
        raise WrongXml(f"not XML ({len(body)} bytes)") from error
    return _answer_of(tree.elements)


@dataclass(slots=True)
class _Element:
    path: tuple[str, ...]
    name_attribute: str
    text: str = ""
    leaf: bool = True


@dataclass(slots=True)
class _Tree:
    """All elements in document order."""

    elements: list[_Element] = field(default_factory=list)
    open: list[_Element] = field(default_factory=list)
    parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)

    def __post_init__(self) -> None:
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._forbidden
        self.parser.EntityDeclHandler = self._forbidden
        self.parser.ProcessingInstructionHandler = self._forbidden

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self.open) == MAX_DEPTH or len(self.elements) == MAX_ELEMENTS:
            raise WrongXml("too deep or too many elements")
        parent: tuple[str, ...] = ()
        if self.open:
            self.open[-1].leaf = False
            parent = self.open[-1].path
        element = _Element((*parent, name), attributes.get("name", "").strip())
        self.elements.append(element)
        self.open.append(element)

    def _end(self, name: str) -> None:
        del name
        self.open.pop()

    def _text(self, text: str) -> None:
        element = self.open[-1]
        if len(element.text) + len(text) > MAX_TEXT:
            raise WrongXml("text too long")
        element.text += text

    def _forbidden(self, *details: object) -> None:
        del details
        raise WrongXml("document type, entity or processing instruction")


def _answer_of(elements: list[_Element]) -> OsmpAnswer:
    if elements[0].path != ("response",):
        raise WrongXml("root is not <response>")
    leaves = [each for each in elements if each.leaf]
    values = _by_name((each.path[1], each) for each in leaves if len(each.path) == 2 and not each.name_attribute)
    fields = _by_name((each.name_attribute, each) for each in leaves if each.name_attribute)
    return OsmpAnswer(values, fields)


def _by_name(named: Iterable[tuple[str, _Element]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, element in named:
        text = " ".join(element.text.split())
        if texts.setdefault(name, text) != text:
            raise WrongXml("an element stands twice with different texts")
    return texts
