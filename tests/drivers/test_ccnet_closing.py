"""Closing the slot: when it counts as closed, and opening it again."""

from __future__ import annotations

import pytest

from terminal.devices.ccnet.wire import Status
from terminal.ports.bill_acceptor import (
    AcceptanceClosed,
    AcceptanceOpened,
    NoteInEscrow,
    NoteStacked,
    Observation,
)
from tests.drivers.ccnet_rig import ALL_VALUES, Rig, give_back, play


def test_closing_waits_for_the_note_in_the_validator() -> None:
    async def scenario(rig: Rig) -> None:
        async def close_at_escrow(each: Observation) -> None:
            if isinstance(each, NoteInEscrow):
                rig.acceptor.accept(frozenset())

        rig.before_next = close_at_escrow
        await rig.open()
        await rig.insert(1000)
        await rig.until_seen(AcceptanceClosed)
        kinds = [type(each) for each in rig.money_events]
        assert kinds[-3:] == [NoteInEscrow, NoteStacked, AcceptanceClosed]
        assert rig.firmware.status is Status.DISABLED
        assert rig.firmware.enabled == frozenset()

    play(scenario)


@pytest.mark.parametrize("status", [Status.ACCEPTING, Status.STACKING, Status.RETURNING])
def test_closing_in_the_middle_of_a_movement_is_confirmed_after_it(status: Status) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open()
        await rig.insert(1000)
        if status is Status.RETURNING:
            rig.decision = give_back
        await rig.until(lambda: rig.firmware.status is status)
        rig.acceptor.accept(frozenset())
        await rig.until_seen(AcceptanceClosed)
        assert type(rig.money_events[-1]) is AcceptanceClosed
        assert rig.device.places.position.value == "none"
        rig.assert_every_note_is_accounted_for()
        rig.acceptor.accept(frozenset())
        await rig.until_seen(AcceptanceClosed, 2)
        await rig.open()

    play(scenario)


def test_opening_after_a_closing_whose_answer_was_lost_is_told_again() -> None:
    """The validator did close: that it takes the same notes again is news, for which a page waits."""

    async def scenario(rig: Rig) -> None:
        await rig.open()
        enable = rig.firmware.enable

        def enable_without_an_answer(masks: bytes) -> None:
            enable(masks)
            rig.firmware.enable = enable
            rig.device.modes.dumb = 1

        rig.firmware.enable = enable_without_an_answer
        rig.acceptor.accept(frozenset())
        await rig.until_seen(AcceptanceClosed)
        rig.acceptor.accept(ALL_VALUES)
        await rig.until_seen(AcceptanceOpened, 2)
        assert rig.firmware.status is Status.IDLING

    play(scenario)
