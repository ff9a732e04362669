"""The bench's own balance of notes: what the cassette holds against what the journal says."""

from __future__ import annotations

import pytest

from simulator.bench.conservation import NotesInJournal, Verdict

Step = tuple[str, str, dict[str, object]]


def folded(*steps: Step) -> NotesInJournal:
    notes = NotesInJournal()
    for kind, payment, body in steps:
        notes.fold(kind, payment, body)
    return notes


def note(kind: str, value: int, number: int = 1, payment: str = "T-1-1") -> Step:
    return kind, payment, {"value": value, "note": number}


@pytest.mark.parametrize(("steps", "truth", "verdict"), [
    ((), 0, Verdict.EQUAL),
    ((note("C10", 50_000), note("C20", 50_000)), 50_000, Verdict.EQUAL),
    ((note("C10", 50_000), note("C20", 50_000)), 0, Verdict.UNEQUAL),
    ((note("C10", 50_000), note("C20", 50_000)), 100_000, Verdict.UNEQUAL),
    ((note("C10", 50_000),), 0, Verdict.EQUAL),
    ((note("C10", 50_000),), 50_000, Verdict.MOVING),
    ((note("C10", 50_000), note("C30", 50_000)), 50_000, Verdict.UNEQUAL),
    ((note("C10", 50_000), note("C40", 50_000)), 0, Verdict.DISPUTED),
    ((note("C10", 50_000), note("C40", 50_000)), 50_000, Verdict.DISPUTED),
    ((note("C10", 50_000), note("C40", 50_000)), 60_000, Verdict.UNEQUAL),
    ((note("C40", 50_000), note("C45", 50_000), note("C20", 50_000)), 50_000, Verdict.EQUAL),
    ((note("C40", 50_000), note("C45", 50_000), note("C20", 50_000)), 0, Verdict.UNEQUAL),
    ((note("C40", 50_000), note("C45", 50_000)), 0, Verdict.EQUAL),
    ((("C50", "", {"value": 10_000}),), 10_000, Verdict.EQUAL),
    ((("S20", "T-1-1", {"total": 10_000}),), 0, Verdict.EQUAL),
])
def test_verdict(steps: tuple[Step, ...], truth: int, verdict: Verdict) -> None:
    assert folded(*steps).compare(truth) is verdict


def test_two_equal_notes_are_two_intents() -> None:
    notes = folded(note("C10", 50_000, 1), note("C20", 50_000, 1), note("C10", 50_000, 2))
    assert (notes.cassette, sum(notes.open_intents.values())) == (50_000, 50_000)


def test_a_record_that_does_not_fit_is_not_swallowed() -> None:
    with pytest.raises(KeyError):
        folded(("C20", "T-1-1", {"value": 100}))
    with pytest.raises(TypeError):
        folded(("C20", "T-1-1", {"value": "100", "note": 1}))
