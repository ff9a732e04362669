"""What fuzzing and its properties led to and a corpus cannot hold: answers longer than an input, texts of questions."""

from __future__ import annotations

import asyncio

import pytest

from contracts.money import Money
from terminal.ports.http import HttpResponse
from terminal.ports.processing import TransferUnknown
from terminal.screens.theme import parse_colour
from terminal.service.status_report import MAX_RECORDS, USUAL_RECORDS, which_records
from terminal.transfer.processing_client import JsonProcessing
from tests.support.billing_bench import TERMINAL, FixedClock
from tests.support.scripted_http import ScriptedHttp


@pytest.mark.parametrize("body", [b"[" * 100_000, b"{}{}", b"[]", b"<html>", b'{"a": 1, "a": 2}'],
                         ids=["deep", "two", "list", "html", "twice"])
def test_host_is_not_reached_by_whatever_is_no_object(body: bytes) -> None:
    host = JsonProcessing(ScriptedHttp(HttpResponse(200, {}, body)), FixedClock(), TERMINAL)
    with pytest.raises(TransferUnknown):
        asyncio.run(host.reach())


def test_host_is_reached_by_an_object() -> None:
    asyncio.run(JsonProcessing(ScriptedHttp(HttpResponse(200, {}, b"{}")), FixedClock(), TERMINAL).reach())


@pytest.mark.parametrize(("arguments", "asked"), [
    ({}, (0, USUAL_RECORDS)), ({"after": "5", "limit": "7"}, (5, 7)), ({"limit": "999"}, (0, MAX_RECORDS)),
    ({"after": "\u00b2", "limit": "\u0663"}, (0, USUAL_RECORDS)), ({"after": "9" * 5000}, (0, USUAL_RECORDS)),
    ({"after": "9" * 30, "limit": "-1"}, (0, USUAL_RECORDS)),
], ids=["nothing", "both", "many", "other digits", "huge", "too large for the journal"])
def test_question_for_records_is_read_without_trust(arguments: dict[str, str], asked: tuple[int, int]) -> None:
    assert which_records(arguments) == asked


@pytest.mark.parametrize("text", ["\u0661\u0662", "\uff11.5", "1\u066b5"])
def test_sums_are_read_in_ascii_digits_only(text: str) -> None:
    with pytest.raises(ValueError, match="not a sum"):
        Money.parse(text)


@pytest.mark.parametrize("text", ["#+f+f+f", "#-1-1-1", "# f f f", "#1_1_1_", "#fffff", "ffffff#"])
def test_colours_are_six_hexadecimal_digits(text: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        parse_colour(text)
