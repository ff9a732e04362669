"""What the status command says of the journal's witness."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from terminal.commands.status import show


def status(**witnessed: object) -> dict[str, Any]:
    return {
        "terminal": "T-0001", "at": "2026-11-20T14:00:00+03:00", "in_service": True, "page": "start", "devices": [],
        "tenders": {}, "faults": [], "watchdog": [], "shift": None,
        "queue": {"unsent": 0, "unsent_kopecks": 0, "parked": 0, "cut_off": "21:00",
                  "budget": {"count": 1, "kopecks": 100, "minutes": 1}},
        "cassette": {"notes": {}, "kopecks": 0},
        "journal": {"newest": 12, "free_bytes": 1, "witnessed": {
            "offered": None, "sequence": 0, "at": None, "closed_by": None, **witnessed}},
    }


@pytest.mark.parametrize(("witnessed", "said"), [
    ({}, "Журнал ещё не заверен"),
    ({"offered": True}, "Журнал ещё не заверен"),
    ({"offered": False}, "Журнал не заверяется: сервер этого не умеет"),
    ({"offered": True, "sequence": 11, "at": "2026-11-20T13:59:00+03:00"},
     "Журнал заверен сервером до записи 11, 2026-11-20T13:59:00+03:00"),
    ({"offered": True, "sequence": 11, "at": "x", "closed_by": "JR06"}, "Журнал не признан сервером (JR06)"),
])
def test_the_status_says_where_the_journal_stands(witnessed: dict[str, object], said: str) -> None:
    console = Console(record=True, width=200)
    show(status(**witnessed), console)
    assert said in console.export_text()
