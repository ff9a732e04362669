"""The rules of one note after another, by sequences of statuses that an emulator seldom shows."""

from __future__ import annotations

import pytest

from simulator.bill_acceptor.mechanism import READ_S, STACK_S
from terminal.devices.ccnet.note_cycle import REPEAT_STACK_WITHIN_S, NoteCycle, Place
from terminal.devices.ccnet.wire import Status
from terminal.ports.bill_acceptor import (
    NoteArriving,
    NoteInEscrow,
    NoteLost,
    NoteRejected,
    NoteReturned,
    NoteStacked,
    Observation,
    StackRefused,
)
from tests.drivers.ccnet_rig import REMEMBERED

HUNDRED, FIVE_HUNDRED = REMEMBERED[2], REMEMBERED[3]
POLL_S = 0.2

Seen = list[tuple[Status, int]]


def _cycle(*statuses: Status | tuple[Status, int]) -> tuple[NoteCycle, list[Observation]]:
    cycle = NoteCycle(REMEMBERED)
    return cycle, _see(cycle, *statuses)


def _see(cycle: NoteCycle, *statuses: Status | tuple[Status, int], start: float = 0.0) -> list[Observation]:
    found: list[Observation] = []
    for count, each in enumerate(statuses):
        status, parameter = each if isinstance(each, tuple) else (each, 0)
        found += cycle.see(status, parameter, start + count * POLL_S)
    return found


def _kinds(observations: list[Observation]) -> list[type]:
    return [type(each) for each in observations]


E100, S100, R100 = (Status.ESCROW, 4), (Status.STACKED, 4), (Status.RETURNED, 4)
E500, S500 = (Status.ESCROW, 5), (Status.STACKED, 5)


@pytest.mark.parametrize(
    ("statuses", "kinds"),
    [
        ((Status.POWER_UP_BILL_IN_VALIDATOR, Status.INITIALISE, Status.DISABLED), [NoteReturned]),
        ((Status.POWER_UP_BILL_IN_VALIDATOR, Status.INITIALISE, R100, Status.DISABLED), [NoteReturned]),
        ((Status.POWER_UP_BILL_IN_STACKER, Status.INITIALISE, S100, Status.DISABLED), [NoteStacked]),
        ((Status.POWER_UP_BILL_IN_STACKER, Status.INITIALISE, Status.DISABLED), [NoteLost]),
        ((Status.POWER_UP_BILL_IN_STACKER, Status.POWER_UP), [NoteLost]),
        ((Status.STACKING, Status.IDLING), [NoteLost]),
        ((Status.STACKING, S100, Status.IDLING), [NoteStacked]),
        ((Status.STACKING, Status.CASSETTE_OUT, Status.INITIALISE, S100), [NoteLost, NoteStacked]),
        ((Status.STACKING, Status.BUSY, (Status.FAILURE, 0x50), Status.INITIALISE, S100), [NoteStacked]),
        ((Status.STACKING, Status.ACCEPTING), [NoteLost, NoteArriving]),
        ((Status.STACKING, (Status.REJECTING, 0x65), Status.IDLING), [NoteLost]),
        ((Status.ACCEPTING, Status.IDLING), [NoteArriving, NoteReturned]),
        ((Status.ACCEPTING, (Status.REJECTING, 0x65), Status.IDLING), [NoteArriving, NoteRejected]),
        (((Status.REJECTING, 0x65), (Status.REJECTING, 0x65), Status.DISABLED), [NoteRejected]),
        ((E100, Status.IDLING), [NoteInEscrow, NoteReturned]),
        ((E100, Status.POWER_UP), [NoteInEscrow, NoteReturned]),
        ((E100, Status.HOLDING, E100), [NoteInEscrow]),
        ((E100, E500), [NoteInEscrow, NoteReturned, NoteInEscrow]),
        ((E100, Status.RETURNING, R100, R100, Status.IDLING), [NoteInEscrow, NoteReturned]),
        ((S100, S100, S100), [NoteStacked]),
        ((S100, Status.IDLING, Status.POWER_UP_BILL_IN_STACKER, S100, Status.DISABLED), [NoteStacked]),
        ((S100, Status.POWER_UP_BILL_IN_STACKER, Status.INITIALISE, Status.DISABLED), [NoteStacked]),
        ((S100, Status.POWER_UP_BILL_IN_STACKER, S500, Status.DISABLED), [NoteStacked, NoteStacked]),
        ((S100, Status.ACCEPTING, S100), [NoteStacked, NoteArriving, NoteStacked]),
        (((Status.STACKED, 19), Status.IDLING), [NoteLost]),
    ],
)
def test_sequences_without_an_order_of_ours(
    statuses: tuple[Status | tuple[Status, int], ...], kinds: list[type]
) -> None:
    _, found = _cycle(*statuses)
    assert _kinds(found) == kinds


def test_a_note_still_in_escrow_soon_after_the_order_needs_the_order_again() -> None:
    cycle, _ = _cycle(E100)
    cycle.stack_ordered(1.0)
    assert not cycle.must_repeat_stack
    assert cycle.see(Status.ESCROW, 4, 1.0 + REPEAT_STACK_WITHIN_S) == []
    assert _wants_the_order_again(cycle)
    cycle.stack_ordered(1.5)
    assert not _wants_the_order_again(cycle)
    assert _see(cycle, Status.STACKING, S100, start=1.6) == [NoteStacked(HUNDRED)]


def _wants_the_order_again(cycle: NoteCycle) -> bool:
    return cycle.must_repeat_stack


def test_the_order_is_repeated_only_while_no_second_note_can_have_come() -> None:
    assert REPEAT_STACK_WITHIN_S < STACK_S + READ_S


@pytest.mark.parametrize("same", [True, False])
def test_a_note_in_escrow_long_after_the_order_may_be_another_one(same: bool) -> None:
    cycle, _ = _cycle(E100)
    cycle.stack_ordered(1.0)
    found = cycle.see(Status.ESCROW, 4 if same else 5, 1.1 + REPEAT_STACK_WITHIN_S if same else 1.1)
    assert _kinds(found) == [NoteLost, NoteInEscrow]
    assert not cycle.must_repeat_stack


def test_a_note_in_escrow_after_stacking_was_seen_is_another_one() -> None:
    cycle, _ = _cycle(E100)
    cycle.stack_ordered(1.0)
    assert cycle.see(Status.STACKING, 0, 1.1) == []
    assert _kinds(cycle.see(Status.ESCROW, 4, 1.3)) == [NoteLost, NoteInEscrow]


def test_a_refusal_counts_only_when_no_order_went_unanswered_before() -> None:
    cycle, _ = _cycle(E100)
    cycle.stack_ordered(1.0)
    assert cycle.stack_refused() == [StackRefused()]
    assert cycle.place is Place.ESCROW
    assert _see(cycle, Status.RETURNING, Status.IDLING) == [NoteReturned(HUNDRED)]

    cycle, _ = _cycle(E100)
    cycle.stack_ordered(1.0)
    cycle.see(Status.ESCROW, 4, 1.3)
    cycle.stack_ordered(1.4)
    assert cycle.stack_refused() == []
    assert cycle.place is Place.COMMITTED
    assert _kinds(cycle.see(Status.IDLING, 0, 2.0)) == [NoteLost]


def test_an_order_makes_room_for_one_more_credit_of_the_same_note() -> None:
    cycle, found = _cycle(E100)
    for _ in range(3):
        cycle.stack_ordered(1.0)
        found += _see(cycle, S100, S100, Status.IDLING, E100)
    assert found.count(NoteStacked(HUNDRED)) == 3
    assert not [each for each in found if isinstance(each, NoteLost)]


def test_notes_stacked_before_the_table_is_known_are_credited_when_it_is() -> None:
    cycle = NoteCycle(())
    assert _see(cycle, S100, S100, Status.IDLING, E500) == []
    assert cycle.waits_for_table
    assert cycle.note is None
    assert cycle.table_read(REMEMBERED) == [NoteStacked(HUNDRED)]
    assert not cycle.waits_for_table


def test_an_unknown_type_in_the_cassette_is_a_dispute() -> None:
    cycle = NoteCycle(())
    _see(cycle, (Status.STACKED, 0xFF))
    (lost,) = cycle.table_read(REMEMBERED)
    assert isinstance(lost, NoteLost)
    assert "255" in lost.why
