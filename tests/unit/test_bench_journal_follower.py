"""The follower reads every record once, in order, across answers and interruptions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from simulator.bench.journal_follower import (
    KEPT_RECORDS,
    MAX_ANSWERS_A_TURN,
    RECORDS_IN_ANSWER,
    JournalFollower,
)


class ScriptedJournal:
    """`count` records, each a note of one ruble stacked."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.away = False

    async def ask(self, what: str, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        if self.away:
            raise ConnectionRefusedError("no service")
        assert what == "journal"
        first = int(arguments["after"]) + 1
        last = min(self.count, first + int(arguments["limit"]) - 1)
        return {"records": [
            {"seq": number, "at": "t", "kind": "C20", "payment": "T-1-1",
             "body": json.dumps({"value": 100, "note": number})}
            for number in range(first, last + 1)
        ]}


def test_reads_all_and_keeps_the_last() -> None:
    async def play() -> None:
        journal = ScriptedJournal(KEPT_RECORDS + 230)
        follower = JournalFollower(journal.ask)
        await follower.catch_up()
        assert (follower.last, follower.caught_up) == (KEPT_RECORDS + 230, True)
        assert follower.notes.cassette == (KEPT_RECORDS + 230) * 100
        kept = follower.records_after(0, 10_000)
        assert [kept[0]["seq"], kept[-1]["seq"], len(kept)] == [231, KEPT_RECORDS + 230, KEPT_RECORDS]
        assert [each["seq"] for each in follower.records_after(1000, 2)] == [1001, 1002]

    asyncio.run(play())


def test_a_long_journal_is_read_in_pieces() -> None:
    async def play() -> None:
        journal = ScriptedJournal(MAX_ANSWERS_A_TURN * RECORDS_IN_ANSWER + 1)
        follower = JournalFollower(journal.ask)
        turns = []
        for _ in range(2):
            await follower.catch_up()
            turns.append(follower.caught_up)
        assert turns == [False, True]
        assert follower.notes.cassette == journal.count * 100

    asyncio.run(play())


def test_goes_on_where_it_was_when_the_service_comes_back() -> None:
    async def play() -> None:
        journal = ScriptedJournal(3)
        follower = JournalFollower(journal.ask)
        await follower.catch_up()
        journal.away = True
        with pytest.raises(ConnectionRefusedError):
            await follower.catch_up()
        journal.away = False
        journal.count = 5
        await follower.catch_up()
        assert follower.notes.cassette == 500

    asyncio.run(play())


def test_a_record_given_twice_counts_once() -> None:
    answers = [[1, 2], [2, 3], []]

    async def ask(what: str, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        return {"records": [{"seq": number, "at": "t", "kind": "C20", "payment": "T-1-1",
                             "body": {"value": 100, "note": number}} for number in answers.pop(0)]}

    follower = JournalFollower(ask)
    asyncio.run(follower.catch_up())
    assert follower.notes.cassette == 300
    assert [each["seq"] for each in follower.records_after(0, 10)] == [1, 2, 3]


def test_a_record_that_does_not_fit_is_said() -> None:
    async def ask(what: str, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        return {"records": [{"seq": 1, "kind": "C20", "payment": "T-1-1", "body": "{}"}]}

    with pytest.raises(ValueError, match="does not fit"):
        asyncio.run(JournalFollower(ask).catch_up())
