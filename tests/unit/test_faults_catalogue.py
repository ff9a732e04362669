"""The catalogue of faults is complete, consistent, and the technician's guide is written from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.faults import CATALOGUE, ActiveFault, FaultCode, Severity, Stops
from watchdog import fault_guide

GUIDE = Path(__file__).parents[2] / "docs" / "technician" / "fault-codes.md"


def test_every_code_has_an_entry_and_every_entry_its_code() -> None:
    assert set(CATALOGUE) == set(FaultCode)
    assert all(code is entry.code for code, entry in CATALOGUE.items())
    assert ActiveFault(FaultCode.REGISTER_PAPER_OUT).entry is CATALOGUE[FaultCode.REGISTER_PAPER_OUT]


@pytest.mark.parametrize("code", list(FaultCode))
def test_an_entry_says_something_and_does_not_contradict_itself(code: FaultCode) -> None:
    entry = CATALOGUE[code]
    assert re.fullmatch(r"[A-Z]{2}\d\d", code.value)
    assert re.search(r"[а-яё]", entry.meaning)
    assert entry.meaning.endswith(".")
    assert "|" not in entry.meaning
    if entry.stops is Stops.EVERYTHING:
        assert entry.severity in (Severity.ERROR, Severity.CRITICAL)
    if entry.stops in (Stops.CASH, Stops.PAYMENTS):
        assert entry.client_text, "a client who cannot pay is told why"
    if entry.client_text:
        assert entry.client_text.isascii(), "the catalogue of languages holds the Russian words"
        assert entry.client_text.endswith(".")


def test_the_guide_is_what_the_catalogue_says() -> None:
    assert GUIDE.read_text(encoding="utf-8") == fault_guide.render(), (
        "write it anew: python -m watchdog catalogue > docs/technician/fault-codes.md")


def test_the_guide_has_every_code_once_and_words_for_every_value() -> None:
    text = fault_guide.render()
    for code in FaultCode:
        assert text.count(f"| {code.value} |") == 1
    assert set(fault_guide.SEVERITIES) == set(Severity)
    assert set(fault_guide.STOPS) == set(Stops)
