"""The acceptor is asked before the service has loaded the rest of itself, and nothing it says is lost or confirmed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from contracts.money import Money
from terminal.devices.early_acceptor import EarlyAcceptor
from terminal.ports.bill_acceptor import AcceptanceClosed, CassetteRemoved, Note, NoteStacked, Observation

LATER = (
    "terminal.bootstrap", "terminal.service.terminal_service", "terminal.visit", "terminal.transfer",
    "terminal.devices.shtrih", "terminal.content", "cryptography", "requests", "rich", "kivy",
)
STACKED = NoteStacked(Note(Money.rubles(100), "RUS", 4))


class ScriptedAcceptor:
    """Says what it is given, and writes down how far its conversation was listened to."""

    def __init__(self, *words: Observation) -> None:
        self._words = words
        self.calls: list[object] = []
        self.polls = 7

    async def observations(self) -> AsyncIterator[Observation]:
        self.calls.append("asked")
        for each in self._words:
            yield each
            self.calls.append(each)

    def accept(self, values: frozenset[Money]) -> None:
        self.calls.append(values)

    def stack(self) -> None:
        self.calls.append("stack")

    def return_note(self) -> None:
        self.calls.append("return")

    def hold(self) -> None:
        self.calls.append("hold")


def test_what_waits_for_the_composition_is_not_loaded_before_the_acceptor_is_asked() -> None:
    code = "import sys, terminal.commands.service; print(*sys.modules)"
    ran = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    loaded = ran.stdout.split()
    assert "terminal.devices.ccnet.acceptor" in loaded
    assert [name for name in loaded if name.startswith(LATER)] == []


def test_the_acceptor_is_asked_at_once_and_held_at_its_first_word() -> None:
    async def scene() -> None:
        scripted = ScriptedAcceptor(STACKED, AcceptanceClosed())
        early = EarlyAcceptor(scripted)
        for _ in range(10):
            await asyncio.sleep(0)
        assert scripted.calls == ["asked"], "going on past the first word would confirm it"
        async with aclosing(early.observations()) as heard:
            assert await anext(heard) == STACKED
            assert scripted.calls == ["asked"], "the listener is still dealing with it"
            assert await anext(heard) == AcceptanceClosed()
            assert scripted.calls == ["asked", STACKED]

    asyncio.run(scene())


def test_every_word_arrives_once_and_in_order() -> None:
    async def scene() -> None:
        words = (CassetteRemoved(), STACKED, AcceptanceClosed())
        assert [each async for each in EarlyAcceptor(ScriptedAcceptor(*words)).observations()] == list(words)

    asyncio.run(scene())


def test_a_driver_that_fails_before_anybody_listens_fails_the_listener() -> None:
    class FailingAcceptor(ScriptedAcceptor):
        async def observations(self) -> AsyncIterator[Observation]:
            for each in self._words:
                yield each
            raise OSError("no such line")

    async def scene() -> None:
        early = EarlyAcceptor(FailingAcceptor())
        await asyncio.sleep(0)
        await anext(early.observations())

    with pytest.raises(OSError, match="no such line"):
        asyncio.run(scene())


def test_orders_reach_the_driver() -> None:
    async def scene() -> None:
        scripted = ScriptedAcceptor(STACKED)
        early = EarlyAcceptor(scripted)
        values = frozenset({Money.rubles(50)})
        early.accept(values)
        early.stack()
        early.return_note()
        early.hold()
        assert scripted.calls == [values, "stack", "return", "hold"]
        assert early.polls == 7

    asyncio.run(scene())
